/**
 * Web archives: WARC, WET and ARC, and WACZ that holds them.
 *
 * <pre>
 *   WarcRecordReader  records as documents or as broken items, going on behind damage
 *   WaczReader        the archives inside a WACZ, one after another
 *   RecordHeader      header of a record, WARC or ARC
 *   HttpResponse      HTTP message in a record; Headers, ContentType, Body its parts
 * </pre>
 */
package dev.neostream.ingest.warc;
