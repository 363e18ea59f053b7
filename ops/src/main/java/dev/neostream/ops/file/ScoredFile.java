package dev.neostream.ops.file;

import dev.neostream.schemas.Envelope;
import java.nio.file.Path;

/** A file of documents with their quality scores, one JSON object a line. */
public final class ScoredFile implements AutoCloseable {

  private final LineFile lines;

  public ScoredFile(Path path) {
    lines = new LineFile(path);
  }

  /** Writes a document with its score, 0 to 1. */
  public void write(Documents.Entry entry, Envelope document, float score) {
    lines.write(JsonLine.scored(entry, document, score));
  }

  /** Puts the file into its place. */
  public void complete() {
    lines.complete();
  }

  @Override
  public void close() {
    lines.close();
  }
}
