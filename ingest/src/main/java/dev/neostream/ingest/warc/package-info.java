/**
 * Web archives: WARC, WET and ARC.
 *
 * <pre>
 *   WarcRecordReader  records as documents or as broken items, going on behind damage
 *   RecordHeader      header of a record, WARC or ARC
 *   HttpResponse      HTTP message in a record; Headers, ContentType, Body its parts
 * </pre>
 */
package dev.neostream.ingest.warc;
