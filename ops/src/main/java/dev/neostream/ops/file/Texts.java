package dev.neostream.ops.file;

import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.file.Item;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The main texts of files, read again for each iteration, so that they need not fit into memory.
 */
public final class Texts implements Iterable<byte[]> {

  private final List<Input> inputs;

  public Texts(List<Input> inputs) {
    this.inputs = List.copyOf(inputs);
  }

  @Override
  public Iterator<byte[]> iterator() {
    var documents = new FileDocuments(inputs);
    var cleaner = Cleaner.recommended();
    return new Iterator<>() {
      private Optional<byte[]> next = read();

      private Optional<byte[]> read() {
        try {
          for (Optional<Documents.Entry> entry = documents.next();
              entry.isPresent();
              entry = documents.next()) {
            if (entry.get().item() instanceof Item.Document
                && cleaner.extract(entry.get().envelope()) instanceof Cleaned.Clean clean) {
              return Optional.of(clean.document().body);
            }
          }
          return Optional.empty();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public boolean hasNext() {
        return next.isPresent();
      }

      @Override
      public byte[] next() {
        byte[] text = next.orElseThrow(NoSuchElementException::new);
        next = read();
        return text;
      }
    };
  }
}
