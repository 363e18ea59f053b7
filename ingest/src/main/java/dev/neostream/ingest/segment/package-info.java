/**
 * Bytes out of files, compressed or not, that can be taken up again in the middle of a file.
 *
 * <pre>
 *   StorageFile   a file, whose failures are told apart from damaged content
 *   Segments      stretches of a file: gzip members, zstd frames, or the plain file
 *   SegmentInput  the segments of a file joined into one stream
 *   Inflation     how far any of them may grow
 *   Growth        how much a file may give out that refers to the same bytes again and again
 * </pre>
 */
package dev.neostream.ingest.segment;
