package dev.neostream.ingest.file;

import dev.neostream.schemas.Rejection;
import java.util.Map;
import java.util.Optional;

/**
 * Where a file's records come from.
 *
 * @param source name of the input, the same on every machine
 * @param file path of the file relative to the source, separated by slashes
 */
public record Origin(String source, String file) {

  /** Returns a record that holds no document. */
  public Item.Broken broken(
      String url, long offset, String reason, String value, String threshold) {
    return new Item.Broken(source, url, file, offset, new Rejection(reason, value, threshold), "");
  }

  /** Returns a record that could not be read, with what the exception says. */
  public Item.Broken broken(String url, long offset, String reason, Exception e, String threshold) {
    return broken(url, offset, reason, said(e), threshold);
  }

  /** Returns the message of an exception, or its name where it has none to say. */
  public static String said(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** Returns the rejection of a file of records inside an archive. */
  Item.Broken packed(String url, long offset) {
    return broken(
        url,
        offset,
        "archive.packed_records",
        url,
        "pages and sources; unpack files of records first");
  }

  /** Returns the rejection of a payload larger than {@link Item#MAX_PAYLOAD_BYTES}. */
  public Item.Broken tooLarge(String url, long offset) {
    return broken(
        url,
        offset,
        "payload.too_large",
        "more than " + Item.MAX_PAYLOAD_BYTES + " bytes",
        "at most " + Item.MAX_PAYLOAD_BYTES + " bytes");
  }

  /** Returns a document of which nothing is known but its place, its type and its bytes. */
  public Item.Document document(String url, long offset, String mediaType, byte[] payload) {
    return new Item.Document(
        source,
        url,
        file,
        offset,
        mediaType,
        Optional.empty(),
        Optional.empty(),
        0,
        Map.of(),
        payload);
  }
}
