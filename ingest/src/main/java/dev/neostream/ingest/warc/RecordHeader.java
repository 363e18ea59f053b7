package dev.neostream.ingest.warc;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What the header of a record says, WARC or ARC.
 *
 * @param type WARC-Type; for ARC {@code warcinfo}, {@code response} or {@code resource}
 * @param url WARC-Target-URI without angle brackets; empty when missing
 * @param date as written
 * @param contentType as written; empty when missing
 * @param length bytes of the body
 * @param segmented whether it is a part of a record
 * @param identifiedType WARC-Identified-Payload-Type
 * @param truncated why the crawler cut the body
 */
record RecordHeader(
    String type,
    String url,
    String date,
    String contentType,
    long length,
    boolean segmented,
    Optional<String> identifiedType,
    Optional<String> truncated) {

  private static final int ARC_DATE_DIGITS = 14;

  private static final DateTimeFormatter ARC_DATE = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

  /**
   * Parses the header of a WARC record: {@code WARC/1.x}, then named fields.
   *
   * @throws FormatException if it is none, or has no length or type
   */
  static RecordHeader ofWarc(byte[] bytes, int from, int to) throws FormatException {
    int first = Headers.lineEnd(bytes, from, to);
    var headers = new Headers(bytes, first, to);
    if (!Headers.text(bytes, from, first).matches("WARC/\\d+\\.\\d+") || !headers.areWellFormed()) {
      throw new FormatException("header must be WARC/1.x and lines with a name and a colon");
    }
    String url = headers.first("warc-target-uri").orElse("");
    return new RecordHeader(
        headers
            .sole("warc-type")
            .orElseThrow(() -> new FormatException("record must have one WARC-Type"))
            .toLowerCase(Locale.ROOT),
        url.startsWith("<") && url.endsWith(">") ? url.substring(1, url.length() - 1) : url,
        headers.first("warc-date").orElse(""),
        headers.first("content-type").orElse(""),
        length(
            headers
                .sole("content-length")
                .orElseThrow(() -> new FormatException("record must have one Content-Length"))),
        headers.first("warc-segment-number").isPresent(),
        headers.first("warc-identified-payload-type"),
        headers.first("warc-truncated"));
  }

  /**
   * Parses the line in front of an ARC record: {@code url ip date type length}, in version 2 with
   * {@code code checksum location offset file} before the length. Urls and types may hold spaces,
   * so the date is where a number stands behind an address.
   *
   * @throws FormatException if it is none
   */
  static RecordHeader ofArc(String line) throws FormatException {
    String[] fields = line.strip().split(" ");
    int date = dateOfArc(fields);
    int type = date + 1;
    int behind = fields.length - 1;
    if (behind - 5 > type && isNumber(fields[behind - 5])) {
      behind -= 5; // version 2
    }
    String url = String.join(" ", Arrays.asList(fields).subList(0, date - 1));
    String scheme = url.substring(0, Math.max(0, url.indexOf(':'))).toLowerCase(Locale.ROOT);
    return new RecordHeader(
        switch (scheme) {
          case "filedesc" -> "warcinfo";
          case "http", "https" -> "response";
          default -> "resource";
        },
        url,
        fields[date],
        String.join(" ", Arrays.asList(fields).subList(type, behind)),
        length(fields[fields.length - 1]),
        false,
        Optional.empty(),
        Optional.empty());
  }

  private static int dateOfArc(String[] fields) throws FormatException {
    for (int i = fields.length - 3; i >= 2; i--) {
      if (fields[i].length() == ARC_DATE_DIGITS
          && isNumber(fields[i])
          && isAddress(fields[i - 1])) {
        return i;
      }
    }
    // Some writers leave the address out or shorten the date.
    for (int date : new int[] {fields.length - 3, fields.length - 8}) {
      if (date >= 2 && isNumber(fields[date])) {
        return date;
      }
    }
    throw new FormatException("record must start with WARC/1.x or an ARC line");
  }

  private static boolean isAddress(String field) {
    return field.matches("[0-9.]{7,15}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]+");
  }

  private static long length(String text) throws FormatException {
    if (!isNumber(text) || text.length() > 18) {
      throw new FormatException("Content-Length must be a number from 0: length=" + text);
    }
    return Long.parseLong(text);
  }

  private static boolean isNumber(String field) {
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) < '0' || field.charAt(i) > '9') {
        return false;
      }
    }
    return !field.isEmpty();
  }

  /** Returns the date in milliseconds since the epoch, or 0 if it is none. */
  long millis() {
    try {
      return date.indexOf('-') < 0
          ? LocalDateTime.parse(date, ARC_DATE).toInstant(ZoneOffset.UTC).toEpochMilli()
          : Instant.parse(date).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return 0;
    }
  }
}
