package dev.neostream.ops.file;

import dev.neostream.ingest.Input;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.schemas.DocumentId;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The records of files and folders, input after input. */
public final class FileDocuments implements Documents {

  private final List<String> files;
  private final Iterator<Input> inputs;
  private RecordReader reader;
  private long record;

  public FileDocuments(List<Input> inputs) {
    this.files =
        inputs.stream()
            .filter(input -> Files.isRegularFile(input.path()))
            .map(Input::source)
            .toList();
    this.inputs = inputs.iterator();
  }

  @Override
  public List<String> files() {
    return files;
  }

  @Override
  public Optional<Entry> next() throws IOException {
    while (true) {
      if (reader == null) {
        if (!inputs.hasNext()) {
          return Optional.empty();
        }
        reader = inputs.next().open();
        record = 0;
      }
      Optional<Item> item = reader.next();
      if (item.isPresent()) {
        String id = DocumentId.of(item.get().source(), item.get().url(), record++);
        return Optional.of(new Entry(id, item.get()));
      }
      close();
    }
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
