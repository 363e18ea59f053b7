package dev.neostream.clean.url;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The URL filter that MAP-Neo's released code applies to Chinese pages ({@code url_filter} in
 * {@code chinese_data_clean_pipeline/filter/filter.py}), with its oddities:
 *
 * <ul>
 *   <li>the file {@code urls} of every category folder counts, those of white lists too; {@code
 *       domains} and {@code expressions} never;
 *   <li>one leading {@code http://} or {@code https://}, in lower case, is taken off entry and URL;
 *       nothing else is made equal (case, {@code www.}, port, escapes);
 *   <li>a URL is blocked if any entry is a prefix of its characters, also within a path segment or
 *       a host name;
 *   <li>comments are entries; a blank line is an entry that blocks only the empty URL.
 * </ul>
 *
 * Different here: a file that is not UTF-8 is read with replacement characters, where the original
 * stops. Thread-safe.
 */
public final class PublishedBlockList {

  // No entry in it is a prefix of another one; then the greatest entry not after a URL is the only
  // one that can be its prefix, because whatever sorts between a prefix and the URL starts with it.
  private final TreeSet<String> entries = new TreeSet<>();
  private final boolean blocksEmpty;

  private PublishedBlockList(TreeSet<String> all) {
    blocksEmpty = all.remove("");
    for (String entry : all) {
      if (entries.isEmpty() || !entry.startsWith(entries.last())) {
        entries.add(entry);
      }
    }
  }

  /**
   * Loads the file {@code urls} of every folder in a folder.
   *
   * @throws IOException if the folder or a file cannot be read
   */
  public static PublishedBlockList load(Path folder) throws IOException {
    var all = new TreeSet<String>();
    try (DirectoryStream<Path> categories = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (Path category : categories) {
        Path urls = category.resolve("urls");
        if (Files.isRegularFile(urls)) {
          new String(Files.readAllBytes(urls), StandardCharsets.UTF_8)
              .lines()
              .forEach(line -> all.add(withoutScheme(line)));
        }
      }
    }
    return new PublishedBlockList(all);
  }

  /** Returns an entry that is a prefix of the URL. */
  public Optional<String> match(String url) {
    String bare = withoutScheme(url);
    if (bare.isEmpty()) {
      return blocksEmpty ? Optional.of("") : Optional.empty();
    }
    return Optional.ofNullable(entries.floor(bare)).filter(bare::startsWith);
  }

  private static String withoutScheme(String url) {
    String stripped = url.strip();
    return stripped.startsWith("http://")
        ? stripped.substring(7)
        : stripped.startsWith("https://") ? stripped.substring(8) : stripped;
  }
}
