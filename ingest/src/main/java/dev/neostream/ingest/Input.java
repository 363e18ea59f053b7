package dev.neostream.ingest;

import dev.neostream.ingest.file.FileIdentity;
import dev.neostream.ingest.file.JsonLinesReader;
import dev.neostream.ingest.file.MediaTypes;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.ingest.file.TarReader;
import dev.neostream.ingest.file.TextFileReader;
import dev.neostream.ingest.file.UnreadFile;
import dev.neostream.ingest.file.ZipReader;
import dev.neostream.ingest.parquet.ParquetReader;
import dev.neostream.ingest.warc.WaczReader;
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
 *   .warc .arc .wet .wat, also with .gz or .zst         web archive; so is any other .gz
 *   .jsonl .ndjson .json, also with .gz or .zst         JSON Lines
 *   .parquet                                            rows
 *   .wacz                                               the web archives inside
 *   .jar .zip, .tar .tar.gz .tgz .tar.zst               pages and sources inside
 *   suffixes of {@link MediaTypes}, also with .gz or .zst   one document
 *   folder                                              its files, see {@link FolderReader}
 * </pre>
 *
 * @param source name that enters document ids: the same on every machine, different for every input
 *     of a run
 * @param path file or folder
 * @param folder watched folder that the file was found in, where what links and files of other
 *     kinds mean is as in {@link FolderReader}; empty for an input that was named
 */
public record Input(String source, Path path, Optional<Path> folder) implements RecordSource {

  /** An input that was named. */
  public Input(String source, Path path) {
    this(source, path, Optional.empty());
  }

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
    return open(Place.START);
  }

  @Override
  public String location() {
    return path.toAbsolutePath().normalize().toString();
  }

  @Override
  public boolean follows() {
    return false;
  }

  /**
   * Returns a reader of the records behind a place.
   *
   * <p>An input that is gone before a record of it was read is one broken item: a run that is told
   * of inputs while it runs must not end, at every start again, because one was taken away
   * meanwhile. One that goes while it is read is an error, for the rest of it may come back; unless
   * it was found in a watched folder, see {@link WatchedFileReader}.
   *
   * @param from where an earlier reader of this input stopped, see {@link RecordReader#place}
   * @throws IllegalArgumentException if the file's suffix is not supported
   * @throws IllegalStateException if a folder no longer holds the file of the place, or the file is
   *     another by now
   * @throws IOException if the storage fails
   */
  @Override
  public RecordReader open(Place from) throws IOException {
    if (folder.isPresent()) {
      return new WatchedFileReader(folder.get(), new Origin(source, name()), path, from);
    }
    if ((from.equals(Place.START) || from.isEnd()) && !Files.exists(path)) {
      return UnreadFile.missing(new Origin(source, name()), from);
    }
    if (Files.isDirectory(path)) {
      return new FolderReader(source, path, from);
    }
    if (!isSupported(path)) {
      throw new IllegalArgumentException("input must have a supported suffix: path=" + path);
    }
    return open(new Origin(source, name()), path, from);
  }

  private String name() {
    return path.getFileName().toString();
  }

  /** Whether a file's suffix is supported. */
  static boolean isSupported(Path path) {
    return format(path) != Format.NONE;
  }

  /**
   * Returns a reader of one file, whatever its suffix.
   *
   * @throws IllegalStateException if the file is not the one that the place is in
   */
  static RecordReader open(Origin origin, Path path, Place from) throws IOException {
    FileIdentity identity = FileIdentity.of(path);
    from.identity().requireUnchanged(path, identity);
    Place inside = from.of(FileIdentity.UNKNOWN);
    return new GuardedReader(origin, reader(origin, path, inside), inside, identity);
  }

  private static RecordReader reader(Origin origin, Path path, Place from) throws IOException {
    return switch (format(path)) {
      case JSON_LINES -> new JsonLinesReader(origin, path, from);
      case PARQUET -> new ParquetReader(origin, path, from);
      case WACZ -> new WaczReader(origin, path, from);
      case ZIP -> new ZipReader(origin, path, from);
      case TAR -> new TarReader(origin, path, from);
      case WEB_ARCHIVE -> new WarcRecordReader(origin, path, from);
      case TEXT ->
          new TextFileReader(
              origin,
              path,
              MediaTypes.ofName(stripCompression(origin.file().toLowerCase(Locale.ROOT)))
                  .orElseThrow(),
              from);
      case NONE -> UnreadFile.unsupported(origin, from);
    };
  }

  private enum Format {
    JSON_LINES,
    PARQUET,
    WACZ,
    ZIP,
    TAR,
    WEB_ARCHIVE,
    TEXT,
    NONE
  }

  private static Format format(Path path) {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    String inner = stripCompression(name);
    if (endsWith(inner, ".jsonl", ".ndjson", ".json")) {
      return Format.JSON_LINES;
    }
    if (name.endsWith(".parquet")) {
      return Format.PARQUET;
    }
    if (name.endsWith(".wacz")) {
      return Format.WACZ;
    }
    if (endsWith(name, ".jar", ".zip")) {
      return Format.ZIP;
    }
    if (inner.endsWith(".tar") || name.endsWith(".tgz")) {
      return Format.TAR;
    }
    if (MediaTypes.ofName(inner).isPresent()) {
      return Format.TEXT;
    }
    return endsWith(inner, ".warc", ".arc", ".wet", ".wat") || name.endsWith(".gz")
        ? Format.WEB_ARCHIVE
        : Format.NONE;
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
