/**
 * Records out of files: one {@link dev.neostream.ingest.file.RecordReader} a format. Bad content
 * becomes an {@link dev.neostream.ingest.file.Item.Broken}; only failing storage throws.
 */
package dev.neostream.ingest.file;
