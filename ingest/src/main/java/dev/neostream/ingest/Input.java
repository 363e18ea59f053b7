package dev.neostream.ingest;

import dev.neostream.ingest.file.ArchiveReader;
import dev.neostream.ingest.file.JsonLinesReader;
import dev.neostream.ingest.file.MediaTypes;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.ingest.file.TextFileReader;
import dev.neostream.ingest.warc.WarcRecordReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * A file or folder of documents.
 *
 * <pre>
 *   .warc .arc .wet .wat and any .gz not listed below   web archive
 *   .jsonl .ndjson .json, also with .gz or .zst         JSON Lines
 *   .jar .zip                                           pages and sources inside
 *   suffixes of {@link MediaTypes}                      one document
 *   folder                                              its files, see {@link FolderReader}
 * </pre>
 *
 * @param source name that enters document ids: the same on every machine, different for every input
 *     of a run
 * @param path file or folder
 */
public record Input(String source, Path path) {

  public Input {
    if (source.isBlank()) {
      throw new IllegalArgumentException("source must not be blank: path=" + path);
    }
  }

  /**
   * Returns a reader of all records, from the first.
   *
   * @throws IllegalArgumentException if the file's suffix is not supported
   * @throws IOException if the storage fails
   */
  public RecordReader open() throws IOException {
    if (Files.isDirectory(path)) {
      return new FolderReader(source, path);
    }
    String name = path.getFileName().toString();
    return open(new Origin(source, name), path)
        .orElseThrow(
            () -> new IllegalArgumentException("input must have a supported suffix: path=" + path));
  }

  /** Whether a file's suffix is supported. */
  static boolean isSupported(Path path) {
    return format(path) != Format.NONE;
  }

  /** Returns a reader of one file, or nothing if its suffix is not supported. */
  static Optional<RecordReader> open(Origin origin, Path path) throws IOException {
    return switch (format(path)) {
      case JSON_LINES -> Optional.of(new JsonLinesReader(origin, path));
      case ARCHIVE -> Optional.of(new ArchiveReader(origin, path));
      case WEB_ARCHIVE -> Optional.of(new WarcRecordReader(origin, path));
      case TEXT ->
          Optional.of(
              new TextFileReader(origin, path, MediaTypes.ofName(origin.file()).orElseThrow()));
      case NONE -> Optional.empty();
    };
  }

  private enum Format {
    JSON_LINES,
    ARCHIVE,
    WEB_ARCHIVE,
    TEXT,
    NONE
  }

  private static Format format(Path path) {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    if (endsWith(stripCompression(name), ".jsonl", ".ndjson", ".json")) {
      return Format.JSON_LINES;
    }
    if (endsWith(name, ".jar", ".zip")) {
      return Format.ARCHIVE;
    }
    if (endsWith(name, ".warc", ".arc", ".wet", ".wat", ".gz")) {
      return Format.WEB_ARCHIVE;
    }
    return MediaTypes.ofName(name).isPresent() ? Format.TEXT : Format.NONE;
  }

  private static String stripCompression(String name) {
    return endsWith(name, ".gz", ".zst") ? name.substring(0, name.lastIndexOf('.')) : name;
  }

  private static boolean endsWith(String name, String... suffixes) {
    for (String suffix : suffixes) {
      if (name.endsWith(suffix)) {
        return true;
      }
    }
    return false;
  }
}
