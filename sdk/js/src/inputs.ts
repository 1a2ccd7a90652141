/** What may be given as an input, and how it becomes pieces of bytes. */

/**
 * Contents as text or bytes; a `Blob` (a `File` is one); or a stream, as `fetch` and `fs.createReadStream` give
 * them, that is read in pieces. A text is always contents, never the name of a file.
 */
export type Input = string | ArrayBuffer | ArrayBufferView | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>;

/** Pieces of at most `size` bytes; an empty input is one empty piece. */
export async function* pieces(given: Input, size: number): AsyncGenerator<Uint8Array> {
  let empty = true;
  for await (const part of parts(given)) {
    for (let start = 0; start < part.length; start += size) {
      empty = false;
      yield part.subarray(start, start + size);
    }
  }
  if (empty) yield new Uint8Array();
}

async function* parts(given: Input): AsyncGenerator<Uint8Array> {
  if (typeof given === "string" || given instanceof ArrayBuffer || ArrayBuffer.isView(given)) yield bytes(given);
  else if (given instanceof Blob) yield* stream(given.stream());
  else if (given instanceof ReadableStream) yield* stream(given);
  else for await (const part of given) yield bytes(part);
}

function bytes(part: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof part === "string") return new TextEncoder().encode(part);
  return part instanceof ArrayBuffer ? new Uint8Array(part) : new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

/** By a reader: not every browser iterates streams. */
async function* stream(given: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = given.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
