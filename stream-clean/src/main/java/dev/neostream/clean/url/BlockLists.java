package dev.neostream.clean.url;

import dev.neostream.schemas.gzip.GzipStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Chosen categories of URL block lists in the UT1 and squidGuard layout: a folder per category
 * (nested ones are named {@code outer/inner}, links are followed) with files {@code domains} and
 * {@code urls}, plain or {@code .gz}.
 *
 * <ul>
 *   <li>An entry of {@code domains} matches that host and every host below it, at label boundaries:
 *       {@code example.com} matches {@code a.example.com}, not {@code badexample.com}. An address
 *       matches only itself. {@code www.example.com} stands for one site, under both of its names,
 *       and not for its sister hosts.
 *   <li>An entry of {@code urls} matches one host, with or without {@code www.}, and everything at
 *       or below its path, at path boundaries: {@code host/path} matches {@code host/path}, {@code
 *       host/path/x} and {@code host/path?x}, not {@code host/pathology}.
 *   <li>Spelling does not matter: see {@link CanonicalUrl}.
 *   <li>A URL that any white category matches is not blocked, whatever blocks it and however
 *       precisely: squidGuard's {@code pass white !blocked}.
 *   <li>No category is taken unless it is named. So UT1's {@code liste_blanche}, which is white,
 *       never blocks by accident.
 * </ul>
 *
 * <p>{@code expressions} (regular expressions) are not applied and are listed by {@link #ignored}.
 * Lines that are no entry (blank, comments, white space inside, longer than 8,192 bytes, no valid
 * host, a path in {@code domains}) are passed over and counted by {@link #skipped}.
 *
 * <p>Thread-safe; about nine bytes an entry, exact but for hash collisions ({@link EntrySet}).
 */
public final class BlockLists {

  /** One entry that matches a URL; {@code entry} in canonical spelling. */
  public record Match(String category, String kind, String entry) {}

  private static final int MAX_LINE = 8192;
  private static final int MAX_DEPTH = 3;
  private static final int URL = 1;
  private static final int MAX_CATEGORIES = 1 << EntrySet.TAG_BITS - 1;

  private final List<String> categories;
  private final EntrySet blocked;
  private final EntrySet white;
  private final long skipped;
  private final List<Path> ignored;

  private BlockLists(List<String> categories, Loader blocked, Loader white) {
    this.categories = categories;
    this.blocked = blocked.entries.build();
    this.white = white.entries.build();
    this.skipped = blocked.skipped + white.skipped;
    var files = new ArrayList<>(blocked.ignored);
    files.addAll(white.ignored);
    this.ignored = List.copyOf(files);
  }

  /**
   * Loads the chosen categories.
   *
   * @throws IllegalArgumentException if no category is chosen, one is unknown (the message names
   *     the nearest ones), or one is both blocked and white
   * @throws IOException if a file cannot be read
   */
  public static BlockLists load(Path folder, Set<String> categories, Set<String> whiteCategories)
      throws IOException {
    SortedMap<String, Path> found = folders(folder);
    if (categories.isEmpty() || categories.size() > MAX_CATEGORIES) {
      throw new IllegalArgumentException(
          "between 1 and %d categories must be chosen: chosen=%d, folder=%s, of %s"
              .formatted(MAX_CATEGORIES, categories.size(), folder, found.keySet()));
    }
    var blocked = new Loader();
    var white = new Loader();
    List<String> names = List.copyOf(new TreeSet<>(categories));
    for (int i = 0; i < names.size(); i++) {
      if (whiteCategories.contains(names.get(i))) {
        throw new IllegalArgumentException(
            "a category is blocked or white: category=%s is named as both".formatted(names.get(i)));
      }
      blocked.category(folderOf(names.get(i), found, folder), i);
    }
    for (String name : new TreeSet<>(whiteCategories)) {
      white.category(folderOf(name, found, folder), 0);
    }
    return new BlockLists(names, blocked, white);
  }

  /** Returns the names of the categories that a folder has. */
  public static SortedSet<String> categories(Path folder) throws IOException {
    return new TreeSet<>(folders(folder).keySet());
  }

  /**
   * Returns what blocks a URL: the longest matching domain, else the shortest matching path;
   * nothing if no entry matches, a white one does, or the URL has no valid host.
   */
  public Optional<Match> match(String url) {
    CanonicalUrl canonical = CanonicalUrl.of(url).orElse(null);
    if (canonical == null) {
      return Optional.empty();
    }
    Match match = find(blocked, canonical);
    return match == null || find(white, canonical) != null ? Optional.empty() : Optional.of(match);
  }

  /** Returns the number of entries loaded, blocked and white, duplicates counted once. */
  public long size() {
    return (long) blocked.size() + white.size();
  }

  /** Returns the number of lines that are no entry. */
  public long skipped() {
    return skipped;
  }

  /** Returns the files of the chosen categories that are not applied: regular expressions. */
  public List<Path> ignored() {
    return ignored;
  }

  /** Returns the memory that the entries take. */
  public long bytes() {
    return blocked.bytes() + white.bytes();
  }

  private Match find(EntrySet entries, CanonicalUrl url) {
    if (entries.size() == 0) {
      return null;
    }
    String host = url.host();
    boolean address = url.isAddress();
    // Hosts are hashed from their end, so that every suffix is one step from the next.
    long hash = 0;
    int tag = -1;
    int from = 0;
    for (int i = host.length() - 1; i >= 0; i--) {
      hash = extend(hash, host.charAt(i));
      if (i == 0 || !address && host.charAt(i - 1) == '.') {
        int found = entries.find(hash);
        tag = found < 0 ? tag : found;
        from = found < 0 ? from : i;
      }
    }
    if (tag >= 0) {
      return match(tag, host.substring(from));
    }
    String site = url.site();
    String path = url.path();
    hash = siteHash(site);
    for (int i = 0; i <= path.length(); i++) {
      if (i == path.length() || CanonicalUrl.isBoundary(path.charAt(i))) {
        tag = entries.find(hash);
        if (tag >= 0) {
          return match(tag, site + path.substring(0, i));
        }
      }
      hash = i < path.length() ? extend(hash, path.charAt(i)) : hash;
    }
    return null;
  }

  private Match match(int tag, String entry) {
    return new Match(categories.get(tag >> 1), (tag & URL) == 0 ? "domain" : "url", entry);
  }

  private static long extend(long hash, char c) {
    return (hash ^ c + 1) * 0x9E3779B97F4A7C15L ^ hash >>> 31;
  }

  private static long suffixHash(String host) {
    long hash = 0;
    for (int i = host.length() - 1; i >= 0; i--) {
      hash = extend(hash, host.charAt(i));
    }
    return hash;
  }

  /** Returns the hash of exactly one site, which a path extends; no domain has this hash. */
  private static long siteHash(String site) {
    return extend(suffixHash(site), ' ');
  }

  private static SortedMap<String, Path> folders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "the block lists must be a folder of category folders: folder=" + folder);
    }
    var found = new TreeMap<String, Path>();
    addFolders(folder, "", MAX_DEPTH, found);
    return found;
  }

  private static void addFolders(Path at, String prefix, int depth, SortedMap<String, Path> found)
      throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(at, Files::isDirectory)) {
      for (Path entry : entries) {
        String name = prefix + entry.getFileName();
        if (list(entry, "domains") != null
            || list(entry, "urls") != null
            || list(entry, "expressions") != null) {
          found.put(name, entry);
        }
        if (depth > 1) {
          addFolders(entry, name + "/", depth - 1, found);
        }
      }
    }
  }

  /** Returns the file of a list, the plain one if there are two, or null. */
  private static Path list(Path category, String name) {
    Path plain = category.resolve(name);
    Path compressed = category.resolve(name + ".gz");
    return Files.isRegularFile(plain) ? plain : Files.isRegularFile(compressed) ? compressed : null;
  }

  private static Path folderOf(String name, SortedMap<String, Path> found, Path folder) {
    Path category = found.get(name);
    if (category == null) {
      var nearest = new ArrayList<>(found.keySet());
      nearest.sort((a, b) -> Integer.compare(distance(name, a), distance(name, b)));
      throw new IllegalArgumentException(
          "a category must be one of the folder's: category=%s, folder=%s, nearest=%s"
              .formatted(name, folder, nearest.subList(0, Math.min(3, nearest.size()))));
    }
    return category;
  }

  /** Returns the edit distance (Levenshtein 1966). */
  private static int distance(String a, String b) {
    var row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  /** Reads the files of categories, line by line. */
  private static final class Loader {
    private final EntrySet.Builder entries = new EntrySet.Builder();
    private final List<Path> ignored = new ArrayList<>();
    private final byte[] buffer = new byte[1 << 16];
    private final byte[] line = new byte[MAX_LINE];
    private long skipped;

    void category(Path folder, int number) throws IOException {
      Path domains = list(folder, "domains");
      if (domains != null) {
        read(domains, number << 1);
      }
      Path urls = list(folder, "urls");
      if (urls != null) {
        read(urls, number << 1 | URL);
      }
      Path expressions = list(folder, "expressions");
      if (expressions != null) {
        ignored.add(expressions);
      }
    }

    private void read(Path file, int tag) throws IOException {
      try (InputStream in = open(file)) {
        int length = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          for (int i = 0; i < read; i++) {
            if (buffer[i] == '\n') {
              line(length, tag);
              length = 0;
            } else {
              if (length < MAX_LINE) {
                line[length] = buffer[i];
              }
              // One above the limit says enough, and cannot overflow.
              length = Math.min(length + 1, MAX_LINE + 1);
            }
          }
        }
        if (length > 0) {
          line(length, tag);
        }
      }
    }

    private static InputStream open(Path file) throws IOException {
      InputStream in = Files.newInputStream(file);
      return file.toString().endsWith(".gz") ? GzipStream.ofFile(in) : in;
    }

    private void line(int length, int tag) {
      int from = length >= 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB ? 3 : 0;
      boolean isEntry = length <= MAX_LINE && from < length && line[from] != '#';
      CanonicalUrl entry = isEntry ? CanonicalUrl.of(line, from, length) : null;
      boolean isDomain = (tag & URL) == 0;
      if (entry == null || isDomain && !entry.path().isEmpty()) {
        skipped++;
      } else if (isDomain && entry.site().length() == entry.host().length()) {
        entries.add(suffixHash(entry.host()), tag);
      } else {
        long hash = siteHash(entry.site());
        for (int i = 0; i < entry.path().length(); i++) {
          hash = extend(hash, entry.path().charAt(i));
        }
        entries.add(hash, tag);
      }
    }
  }
}
