/**
 * Web archives: WARC, WET and ARC. jwarc parses one record at a time; finding the records, and
 * finding the next one behind damage, is done here.
 *
 * <pre>
 *   Segments        bytes of a file: one stretch (plain) or one a gzip member
 *   WarcRecordReader  records in the segments, as documents or as broken items
 * </pre>
 */
package dev.neostream.ingest.warc;
