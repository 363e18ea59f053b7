package dev.neostream.ingest;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import java.io.Closeable;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Takes one record of each unfinished input in turn, so that all domains flow from the start. The
 * order depends on the inputs alone and can be taken up at any place.
 */
public final class RoundRobin implements Closeable {

  /**
   * A record and where it was taken.
   *
   * @param input index of the input
   * @param record number of the record in its input, from 0
   * @param behind where reading of the input goes on behind it
   */
  public record Turn(int input, long record, Item item, Place behind) {}

  private final List<Input> inputs;
  private final RecordReader[] readers;
  private final boolean[] exhausted;
  private final long[] taken;
  private final List<Place> places;
  private int turn;

  /** Takes the records of inputs from their start. */
  public RoundRobin(List<Input> inputs) {
    this(
        inputs,
        0,
        Collections.nCopies(inputs.size(), 0L),
        Collections.nCopies(inputs.size(), Place.START));
  }

  /**
   * @param turn index of the input to take from first
   * @param taken records taken of each input before
   * @param places where reading of each input goes on; where it is {@link Place#START} the records
   *     taken before are read over
   * @throws IllegalArgumentException if two inputs have the same source, for their documents would
   *     have the same ids, or if {@code taken} or {@code places} does not fit the inputs
   */
  public RoundRobin(List<Input> inputs, int turn, List<Long> taken, List<Place> places) {
    if (inputs.stream().map(Input::source).distinct().count() < inputs.size()) {
      throw new IllegalArgumentException(
          "inputs must have different sources: sources="
              + inputs.stream().map(Input::source).toList());
    }
    if (taken.size() != inputs.size() || places.size() != inputs.size()) {
      throw new IllegalArgumentException(
          "there must be a number and a place for each input: taken="
              + taken
              + ", places="
              + places
              + ", inputs="
              + inputs.size());
    }
    this.inputs = List.copyOf(inputs);
    this.readers = new RecordReader[inputs.size()];
    this.exhausted = new boolean[inputs.size()];
    this.taken = taken.stream().mapToLong(Long::longValue).toArray();
    this.places = List.copyOf(places);
    this.turn = turn;
  }

  /**
   * Opens every input at its place, or reads over what was taken of it before, which {@link #next}
   * does otherwise when it comes to an input.
   *
   * @throws IllegalStateException if an input holds fewer records than were taken of it before
   */
  public void open() throws IOException {
    for (int input = 0; input < inputs.size(); input++) {
      reader(input);
    }
  }

  /**
   * Returns the next record, or nothing when all inputs are finished.
   *
   * @throws IOException if the storage fails
   * @throws IllegalStateException if an input holds fewer records than were taken of it before
   */
  public Optional<Turn> next() throws IOException {
    for (int asked = 0; asked < inputs.size(); asked++) {
      int input = turn;
      turn = (turn + 1) % inputs.size();
      if (!exhausted[input]) {
        Optional<Item> item = reader(input).next();
        if (item.isPresent()) {
          return Optional.of(new Turn(input, taken[input]++, item.get(), readers[input].place()));
        }
        exhausted[input] = true;
        readers[input].close();
      }
    }
    return Optional.empty();
  }

  /** Opens an input when it is first asked, so that a finished list needs no file. */
  private RecordReader reader(int input) throws IOException {
    if (readers[input] == null) {
      Place from = places.get(input);
      readers[input] = inputs.get(input).open(from);
      long over = from.equals(Place.START) ? taken[input] : 0;
      for (long record = 0; record < over; record++) {
        if (readers[input].next().isEmpty()) {
          throw new IllegalStateException(
              "an input must not change while a run uses it: source="
                  + inputs.get(input).source()
                  + ", taken="
                  + taken[input]
                  + ", records="
                  + record);
        }
      }
    }
    return readers[input];
  }

  @Override
  public void close() throws IOException {
    for (RecordReader reader : readers) {
      if (reader != null) {
        reader.close();
      }
    }
  }
}
