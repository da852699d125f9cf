import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { keepSession } from './keep-session.ts'
import { browserRouter } from './lib/router.ts'
import { browserServices } from './services.ts'
import { applyTheme, storedTheme } from './shell/theme.ts'
import './styles/index.css'

applyTheme(storedTheme())
const services = browserServices(browserRouter(window))
const root = document.getElementById('root')
if (root) createRoot(root).render(<App services={services} />)
keepSession(services, window)
