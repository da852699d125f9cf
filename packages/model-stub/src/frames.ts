/** A server-sent event that has a name. */
export const eventFrame = (event: { type: string }) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

/** One without. */
export const dataFrame = (data: object) => `data: ${JSON.stringify(data)}\n\n`
