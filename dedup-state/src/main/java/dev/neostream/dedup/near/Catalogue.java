package dev.neostream.dedup.near;

import com.dynatrace.hash4j.hashing.HashSink;
import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.neostream.dedup.Fingerprint;
import dev.neostream.dedup.exact.TextHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The traits of all documents of a collection, each named by the index it was added under. In
 * memory: identity and hashes, about 220 bytes a document with a URL and an id of 32 characters;
 * fingerprints lie in files.
 *
 * <p>Documents equal in id, text, URL and priority are one document: the second is not taken.
 */
public final class Catalogue implements AutoCloseable {

  private final List<TraitsFile> files = new ArrayList<>();
  private final List<Integer> firsts = new ArrayList<>();
  private final Postings known = new Postings();
  private final HashStream64 hash = Hashing.xxh3_64().hashStream();
  private final int[] found = new int[Postings.MOST];
  private String[] ids = new String[16];
  private long[] priorities = new long[16];
  private TextHash[] urls = new TextHash[16];
  private TextHash[] texts = new TextHash[16];
  private long[] places = new long[16];
  private int size;

  Catalogue() {}

  /** Returns an empty catalogue whose fingerprints go to a new file, which is deleted at last. */
  public static Catalogue temporary(Path file) throws IOException {
    var catalogue = new Catalogue();
    catalogue.begin(TraitsFile.temporary(file));
    return catalogue;
  }

  /** Takes all documents of a file. */
  void load(TraitsFile file) throws IOException {
    begin(file);
    file.forEach(this::put);
  }

  /** From now on documents go to this file. */
  void begin(TraitsFile file) {
    files.add(file);
    firsts.add(size);
  }

  /**
   * Adds a document.
   *
   * @return false if it is here already, so that it was not taken
   */
  public boolean add(Traits traits) {
    int count = known.get(identity(traits), found, 0);
    for (int i = 0; i < count; i++) {
      int other = found[i];
      if (ids[other].equals(traits.id())
          && priorities[other] == traits.priority()
          && texts[other].equals(traits.text())
          && url(other).equals(traits.url())) {
        return false;
      }
    }
    put(traits, files.get(files.size() - 1).append(traits));
    return true;
  }

  private void put(Traits traits, long place) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
      priorities = Arrays.copyOf(priorities, 2 * size);
      urls = Arrays.copyOf(urls, 2 * size);
      texts = Arrays.copyOf(texts, 2 * size);
      places = Arrays.copyOf(places, 2 * size);
    }
    ids[size] = traits.id();
    priorities[size] = traits.priority();
    urls[size] = traits.url().orElse(null);
    texts[size] = traits.text();
    places[size] = place;
    known.add(identity(traits), size++);
  }

  private long identity(Traits traits) {
    hash.reset();
    hash.putString(traits.id()).putLong(traits.priority());
    put(hash, traits.text());
    traits.url().ifPresent(url -> put(hash, url));
    return hash.getAsLong();
  }

  private static void put(HashSink hash, TextHash text) {
    hash.putLong(text.high()).putLong(text.low());
  }

  public int size() {
    return size;
  }

  public String id(int document) {
    return ids[document];
  }

  public TextHash text(int document) {
    return texts[document];
  }

  public Optional<TextHash> url(int document) {
    return Optional.ofNullable(urls[document]);
  }

  /** Reads the fingerprint of a document. */
  public Fingerprint fingerprint(int document) {
    int file = files.size() - 1;
    while (firsts.get(file) > document) {
      file--;
    }
    try {
      return files.get(file).fingerprint(places[document]);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "what was written about documents must be readable: " + e.getMessage(), e);
    }
  }

  /**
   * Returns all documents in the order in which they are decided: by priority, then id. Documents
   * equal in both are ordered by text and URL, so that the order of adding plays no part.
   */
  public int[] inPriorityOrder() {
    return IntStream.range(0, size).boxed().sorted(this::compare).mapToInt(i -> i).toArray();
  }

  private int compare(int a, int b) {
    int order = Long.compare(priorities[a], priorities[b]);
    order = order != 0 ? order : ids[a].compareTo(ids[b]);
    order = order != 0 ? order : compare(texts[a], texts[b]);
    return order != 0 ? order : compare(urls[a], urls[b]);
  }

  private static int compare(TextHash a, TextHash b) {
    if (a == null || b == null) {
      return Boolean.compare(a == null, b == null);
    }
    int order = Long.compareUnsigned(a.high(), b.high());
    return order != 0 ? order : Long.compareUnsigned(a.low(), b.low());
  }

  @Override
  public void close() throws IOException {
    for (TraitsFile file : files) {
      file.close();
    }
  }
}
