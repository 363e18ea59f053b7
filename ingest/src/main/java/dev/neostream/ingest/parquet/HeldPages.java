package dev.neostream.ingest.parquet;

import java.util.zip.ZipException;

/** Memory that the columns of a row group hold at once: a page and a dictionary each. */
final class HeldPages {

  /**
   * The largest page and half of one beside it. Writers aim at 1 MiB for a page or dictionary,
   * DuckDB at 100 MB for a page of text.
   */
  static final long MAX_BYTES = Page.MAX_BYTES + (Page.MAX_BYTES >> 1);

  private long held;

  /**
   * Asks for memory before it is allocated.
   *
   * @throws ZipException if there would be too much
   */
  void take(long bytes) throws ZipException {
    if (bytes < 0 || held + bytes > MAX_BYTES) {
      throw new ZipException(
          "pages and dictionaries of a row group must take at most "
              + MAX_BYTES
              + " bytes at once: held="
              + held
              + ", next="
              + bytes);
    }
    held += bytes;
  }

  void giveBack(long bytes) {
    held -= bytes;
  }
}
