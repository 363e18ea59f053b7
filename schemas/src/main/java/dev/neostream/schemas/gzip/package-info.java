/**
 * Gzip (RFC 1952) as strangers write it. Every module that reads gzip uses these classes; {@link
 * java.util.zip.GZIPInputStream} is forbidden by the architecture tests.
 *
 * <pre>
 *   GzipMember  one member: header, deflate data, checksum and length
 *   GzipStream  the members of a stream joined, as gunzip joins them
 * </pre>
 */
package dev.neostream.schemas.gzip;
