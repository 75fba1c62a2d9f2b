/** The part of the Protocol Buffers wire format that an ONNX model needs: varints, 32-bit floats and length-delimited fields. */

/** UTF-8, written here because pure code has no TextEncoder. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code >= 0xd800 && code <= 0xdfff) throw new Error('text has half of a surrogate pair')
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
  }
  return Uint8Array.from(bytes)
}

/** Collects the fields of one message. Sub-messages are finished messages given as bytes. */
export class MessageWriter {
  private readonly chunks: Uint8Array[] = []
  private size = 0

  /** An integer field; negative numbers take ten bytes, as two's complement of 64 bits. */
  integer(field: number, value: number): this {
    this.varint(field * 8)
    return this.varint(value)
  }

  float(field: number, value: number): this {
    this.varint(field * 8 + 5)
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setFloat32(0, value, true)
    return this.push(bytes)
  }

  string(field: number, value: string): this {
    return this.bytes(field, encodeUtf8(value))
  }

  message(field: number, value: MessageWriter): this {
    return this.bytes(field, value.finish())
  }

  /** Integers as one packed field. */
  packed(field: number, values: readonly number[]): this {
    const content = new MessageWriter()
    for (const value of values) content.varint(value)
    return this.message(field, content)
  }

  bytes(field: number, value: Uint8Array): this {
    this.varint(field * 8 + 2)
    this.varint(value.length)
    return this.push(value)
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.size)
    let offset = 0
    for (const chunk of this.chunks) {
      out.set(chunk, offset)
      offset += chunk.length
    }
    return out
  }

  private varint(value: number): this {
    if (!Number.isSafeInteger(value)) throw new Error(`not an integer that can be written exactly: ${value}`)
    const bytes: number[] = []
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128)
      rest >>= 7n
    }
    bytes.push(Number(rest))
    return this.push(Uint8Array.from(bytes))
  }

  private push(chunk: Uint8Array): this {
    this.chunks.push(chunk)
    this.size += chunk.length
    return this
  }
}
