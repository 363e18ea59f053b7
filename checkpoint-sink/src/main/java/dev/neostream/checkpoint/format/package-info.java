/**
 * Tensors as files: safetensors, read and written, and GGUF, written.
 *
 * <h2>safetensors</h2>
 *
 * <pre>
 *  byte 0         8                  8 + H                        end of file
 *  +--------------+------------------+----------------------------+
 *  | H, u64 LE    | header, H bytes  | data                       |
 *  +--------------+------------------+----------------------------+
 *
 *  header = JSON object, UTF-8, padded with spaces so that data starts at a multiple of 8:
 *    { "__metadata__": { text: text, ... },
 *      name: { "dtype": "F32", "shape": [rows, columns], "data_offsets": [begin, end] }, ... }
 * </pre>
 *
 * <p>Offsets count from the start of data. Values are little-endian and row-major. Together the
 * tensors cover data exactly: no gap, no overlap, no trailing byte, so a file can hide nothing.
 * Keys are unique; a header is at most 100 MB. Source: the "Format" section of the safetensors
 * README.
 *
 * <h2>GGUF, version 3</h2>
 *
 * <pre>
 *  "GGUF"  version u32  tensors u64  entries u64          numbers little-endian
 *  entry:  key  type u32  value                           text: length u64, UTF-8
 *  tensor: name  n u32  n dimensions u64  type u32  offset u64
 *  zeros up to a multiple of 32
 *  data:   each tensor at its offset, a multiple of 32 from the start of data
 * </pre>
 *
 * <p>Dimensions stand in ggml's order, that of a row first: a matrix of 3 rows of 64 is {@code 64,
 * 3}. Source: {@code docs/gguf.md} of ggml.
 */
package dev.neostream.checkpoint.format;
