/**
 * The safetensors format, reader and writer.
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
 */
package dev.neostream.checkpoint.format;
