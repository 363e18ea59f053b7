package dev.neostream.ingest.topic;

import dev.neostream.ingest.Input;
import dev.neostream.ingest.Inputs;
import dev.neostream.schemas.avro.IngestInput;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a run reads: looks at it, and adds to it at any time. */
public final class InputControl {

  private final KafkaConnection connection;

  public InputControl(KafkaConnection connection) {
    this.connection = connection;
  }

  /** Returns every input in the order in which they came, as far as each has been read. */
  public Collection<IngestInput> inputs() {
    Map<String, IngestInput> newest = new LinkedHashMap<>();
    read().forEach(input -> newest.put(input.getSource(), input));
    position().ifPresent(position -> progress(position, newest));
    return newest.values();
  }

  /**
   * Adds files and folders, to be read behind what is being read. All of them or none.
   *
   * @param by who adds them
   * @param at when, milliseconds since the epoch
   * @return what they are now called
   * @throws IllegalArgumentException if one cannot be read, or is an input already
   */
  public List<Input> add(List<Path> paths, String by, long at) {
    Set<String> taken = new TreeSet<>();
    var problems = new ArrayList<String>();
    for (IngestInput known : read()) {
      taken.add(known.getSource());
      for (Path path : paths) {
        if (known.getPath().equals(absolute(path))) {
          problems.add(path + " is " + known.getSource());
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "an input must be new to the run: " + String.join("; ", new TreeSet<>(problems)));
    }
    List<Input> inputs = Inputs.resolve(paths, taken);
    try (var writer =
        new TopicWriter<>(connection, connection.topics().ingestInputs(), IngestInput.class)) {
      for (Input input : inputs) {
        writer.write(
            input.source(),
            new IngestInput(
                input.source(), absolute(input.path()), "", 0L, 0L, 0L, at, by, false, 0L, 0L, ""));
      }
    }
    return inputs;
  }

  /**
   * Lets what was dropped as a duplicate of documents taken down be read again, behind what is
   * being read, once.
   *
   * @param first version of the takedown's first record, which must have been written
   * @param last version of its last
   * @param by who took them down
   * @param at when, milliseconds since the epoch
   */
  public void readmit(int first, int last, String by, long at) {
    var input = new ReadmissionInput(connection, first, last);
    if (read().stream().anyMatch(known -> known.getSource().equals(input.source()))) {
      return;
    }
    try (var writer =
        new TopicWriter<>(connection, connection.topics().ingestInputs(), IngestInput.class)) {
      writer.write(
          input.source(),
          new IngestInput(
              input.source(), input.location(), "", 0L, 0L, 0L, at, by, false, 0L, 0L, ""));
    }
  }

  /** Returns the versions of takedowns whose duplicates are read again, or were. */
  public Set<Integer> readmitted() {
    Set<Integer> versions = new TreeSet<>();
    for (IngestInput input : read()) {
      if (input.getPath().startsWith(ReadmissionInput.SCHEME)) {
        var readmission = ReadmissionInput.of(connection, input.getPath());
        for (int version = readmission.first(); version <= readmission.last(); version++) {
          versions.add(version);
        }
      }
    }
    return versions;
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  private List<IngestInput> read() {
    try (var reader =
        new TopicReader<>(connection, connection.topics().ingestInputs(), IngestInput.class)) {
      return reader.readToEnd();
    }
  }

  private Optional<IngestPosition> position() {
    try (var reader =
        new TopicReader<>(
            connection, connection.topics().ingestPositions(), IngestPosition.class)) {
      return reader.readToEnd().stream().reduce((earlier, later) -> later);
    }
  }

  private static void progress(IngestPosition position, Map<String, IngestInput> inputs) {
    for (int i = 0; i < position.getSources().size(); i++) {
      IngestInput input = inputs.get(position.getSources().get(i));
      if (input != null && !input.getFinished()) {
        input.setRead(position.getTaken().get(i));
        input.setRejected(position.getRejects().get(i));
      }
    }
  }
}
