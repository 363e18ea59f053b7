/**
 * Parquet (https://parquet.apache.org/docs/file-format/), as far as corpora need it: columns of
 * strings and integers that are not repeated, page by page in bounded memory.
 *
 * <pre>
 *   ThriftStruct   metadata as it is stored
 *   ParquetFile    footer: columns and row groups
 *   Page           bytes of a page, decompressed
 *   Values         values of a page, decoded
 *   ColumnChunk    values of a column in one row group, page after page
 *   ParquetReader  rows as documents or broken items
 * </pre>
 */
package dev.neostream.ingest.parquet;
