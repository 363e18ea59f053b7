package dev.neostream.dedup.exact;

/**
 * 128-bit hash of normalised text in UTF-8: lower case, white-space runs as one space, ends
 * trimmed. At 10^12 documents the chance of any collision is below 10^-14, so equal hashes are
 * taken as equal texts.
 *
 * @param high upper 64 bits of XXH3-128
 * @param low lower 64 bits
 */
public record TextHash(long high, long low) {}
