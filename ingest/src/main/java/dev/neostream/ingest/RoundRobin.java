package dev.neostream.ingest;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes one record of each open input in turn, so that all domains flow from the start. An input
 * that is read to its end is taken out, others can be added behind the last; one that may always
 * have more is passed over while it has nothing. The order depends on what the inputs hold when
 * they are asked, and can be taken up at any place.
 */
public final class RoundRobin implements Closeable {

  /**
   * A record and where it was taken.
   *
   * @param input index of the input among those that are open
   * @param record number of the record in its input, from 0
   * @param behind where reading of the input goes on behind it
   */
  public record Turn(int input, long record, Item item, Place behind) {}

  private static final class Open {
    final RecordSource input;
    final Place from;
    long taken;
    RecordReader reader;

    Open(RecordSource input, long taken, Place from) {
      this.input = input;
      this.taken = taken;
      this.from = from;
    }

    /** Opens the input when it is first asked. */
    RecordReader reader() throws IOException {
      if (reader == null) {
        reader = input.open(from);
        long over = from.equals(Place.START) ? taken : 0;
        for (long record = 0; record < over; record++) {
          if (reader.next().isEmpty()) {
            throw new IllegalStateException(
                "an input must not change while a run uses it: source="
                    + input.source()
                    + ", taken="
                    + taken
                    + ", records="
                    + record);
          }
        }
      }
      return reader;
    }
  }

  private final List<Open> open = new ArrayList<>();
  private final List<Integer> finished = new ArrayList<>();
  private int turn;

  /** Takes the records of inputs from their start. */
  public RoundRobin(List<? extends RecordSource> inputs) {
    inputs.forEach(this::add);
  }

  /**
   * @param turn index of the input to take from first
   * @param taken records taken of each input before
   * @param places where reading of each input goes on; where it is {@link Place#START} the records
   *     taken before are read over
   * @throws IllegalArgumentException if two inputs have the same source, for their documents would
   *     have the same ids, or if {@code taken} or {@code places} does not fit the inputs
   */
  public RoundRobin(
      List<? extends RecordSource> inputs, int turn, List<Long> taken, List<Place> places) {
    if (taken.size() != inputs.size() || places.size() != inputs.size()) {
      throw new IllegalArgumentException(
          "there must be a number and a place for each input: taken="
              + taken
              + ", places="
              + places
              + ", inputs="
              + inputs.size());
    }
    for (int i = 0; i < inputs.size(); i++) {
      add(inputs.get(i), taken.get(i), places.get(i));
    }
    this.turn = turn;
  }

  /**
   * Adds an input behind the last, to be read from its start.
   *
   * @throws IllegalArgumentException if an open input has the same source
   */
  public void add(RecordSource input) {
    add(input, 0, Place.START);
  }

  private void add(RecordSource input, long taken, Place from) {
    if (open.stream().anyMatch(other -> other.input.source().equals(input.source()))) {
      throw new IllegalArgumentException(
          "inputs must have different sources: source=" + input.source());
    }
    open.add(new Open(input, taken, from));
  }

  /**
   * Opens every input at its place, or reads over what was taken of it before, which {@link #next}
   * does otherwise when it comes to an input.
   *
   * @throws IllegalStateException if an input holds fewer records than were taken of it before
   */
  public void open() throws IOException {
    for (Open each : open) {
      each.reader();
    }
  }

  /**
   * Returns the next record, or nothing when all inputs are finished or have nothing yet.
   *
   * @throws IOException if the storage fails
   * @throws IllegalStateException if an input holds fewer records than were taken of it before
   */
  public Optional<Turn> next() throws IOException {
    int waiting = 0;
    while (waiting < open.size()) {
      int input = turn;
      Open asked = open.get(input);
      Optional<Item> item = asked.reader().next();
      if (item.isPresent()) {
        turn = (input + 1) % open.size();
        return Optional.of(new Turn(input, asked.taken++, item.get(), asked.reader.place()));
      }
      if (asked.input.follows()) {
        waiting++;
        turn = (input + 1) % open.size();
        continue;
      }
      asked.reader.close();
      open.remove(input);
      finished.add(input);
      turn = open.isEmpty() ? 0 : input % open.size();
    }
    return Optional.empty();
  }

  /**
   * Returns the inputs that {@link #next} has found at their end since the last call, in that
   * order, each by the index it had when it was taken out.
   */
  public List<Integer> finished() {
    List<Integer> indexes = List.copyOf(finished);
    finished.clear();
    return indexes;
  }

  @Override
  public void close() throws IOException {
    for (Open each : open) {
      if (each.reader != null) {
        each.reader.close();
      }
    }
  }
}
