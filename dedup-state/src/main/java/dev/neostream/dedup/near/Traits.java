package dev.neostream.dedup.near;

import dev.neostream.dedup.Fingerprint;
import dev.neostream.dedup.exact.TextHash;
import java.util.Optional;

/**
 * What a document is ranked and compared by.
 *
 * @param id names the document in what is reported; need not be unique
 * @param priority sort key, smallest first, see {@link dev.neostream.dedup.Priority}
 * @param url hash of the page's URL; empty where it has none to be recognised by
 * @param text hash of the text
 * @param fingerprint what near-duplicates are recognised by; empty where that was not asked for
 */
public record Traits(
    String id, long priority, Optional<TextHash> url, TextHash text, Fingerprint fingerprint) {}
