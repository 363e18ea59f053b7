package dev.neostream.dedup.shingle;

/** Reads a text as the hashes of its units. */
interface Units {

  /** Most units that one step adds: those of 8 ASCII bytes. */
  int MOST_AT_ONCE = 8;

  /**
   * Starts a text.
   *
   * @param padded well-formed UTF-8 followed by at least 8 zero bytes
   * @param length bytes of the text
   */
  void start(byte[] padded, int length);

  /**
   * Writes the hashes of the next units from an index on and returns the index behind the last one;
   * fewer than {@code MOST_AT_ONCE} places stay free unless the text ends.
   */
  int read(long[] hashes, int from);
}
