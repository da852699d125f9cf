export function encodeJson(value: object): string {
  if (ArrayBuffer.isView(value) || value instanceof Date) {
    throw new TypeError(
      `a query parameter is a ${value.constructor.name}: store milliseconds or text`,
    )
  }
  return JSON.stringify(value)
}
