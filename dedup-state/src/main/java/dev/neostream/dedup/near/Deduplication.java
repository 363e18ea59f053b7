package dev.neostream.dedup.near;

import java.util.Map;

/** How a collection of documents is deduplicated. */
public interface Deduplication {

  /** Returns everything that decisions depend on, by name: equal settings, equal decisions. */
  Map<String, String> settings();

  /** Returns what takes the traits of documents, for one thread. */
  Sketcher sketcher();

  /** Decides about all documents of a catalogue; the order in which they were added is nothing. */
  Decisions decide(Catalogue documents);

  /** Takes the traits of documents. Not thread-safe: one instance a thread. */
  interface Sketcher {

    /**
     * Returns the traits of a document.
     *
     * @param url as it was given; need not be one
     * @param utf8 well-formed UTF-8
     */
    Traits of(String id, long priority, String url, byte[] utf8);
  }
}
