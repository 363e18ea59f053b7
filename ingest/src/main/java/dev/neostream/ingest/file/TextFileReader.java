package dev.neostream.ingest.file;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import dev.neostream.ingest.segment.ReadFailure;
import dev.neostream.ingest.segment.StorageFile;
import dev.neostream.schemas.gzip.GzipStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipException;

/** Reads a file that is one document: text, Markdown, HTML or source code. */
public final class TextFileReader implements RecordReader {

  private final Origin origin;
  private final Path path;
  private final String mediaType;
  private boolean done;

  /** Opens a file at its start, or where an earlier reader of it stopped. */
  public TextFileReader(Origin origin, Path path, String mediaType, Place from) {
    this.origin = origin;
    this.path = path;
    this.mediaType = mediaType;
    this.done = from.equals(Place.END);
  }

  @Override
  public Optional<Item> next() throws IOException {
    if (done) {
      return Optional.empty();
    }
    done = true;
    try (InputStream in = decompressed(new StorageFile(path).stream())) {
      byte[] payload = in.readNBytes(Item.MAX_PAYLOAD_BYTES + 1);
      return Optional.of(
          payload.length > Item.MAX_PAYLOAD_BYTES
              ? origin.tooLarge(origin.file(), 0)
              : origin.document(origin.file(), 0, mediaType, payload));
    } catch (ReadFailure e) {
      throw e;
    } catch (ZipException | EOFException | ZstdIOException e) {
      return Optional.of(
          origin.broken(
              origin.file(), 0, "file.compression", e.toString(), "intact compressed data"));
    }
  }

  private InputStream decompressed(InputStream in) throws IOException {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".gz")) {
      return GzipStream.ofFile(in);
    }
    return name.endsWith(".zst") ? new ZstdInputStream(in) : in;
  }

  @Override
  public Place place() {
    return done ? Place.END : Place.START;
  }

  @Override
  public void close() {}
}
