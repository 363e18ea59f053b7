package dev.neostream.schemas;

import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.avro.StageCounts;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A stage that documents pass through, and that accounts for them, in the order of the chain. */
public enum Stage {
  /** Reads inputs and writes raw documents; counts in its own topic. */
  INGEST("ingest"),
  CLEAN("clean"),
  /** Drops documents: equal URLs, equal texts, near-duplicates. */
  DEDUP("dedup"),
  /** Cuts paragraphs seen before. */
  PARAGRAPH("paragraph"),
  /** Cuts similar lines inside a document. */
  LINE("line"),
  /** Cuts substrings seen before. */
  SUBSTRING("substring"),
  /** Drops documents that overlap with an evaluation set; files only. */
  CONTAMINATION("contamination"),
  TOKENIZE("tokenize");

  private static final Map<String, Stage> BY_WIRE_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(Stage::wireName, Function.identity()));

  private final String wireName;

  Stage(String wireName) {
    this.wireName = wireName;
  }

  /** Returns the name in topics, files, operators, state and metrics; never changed. */
  public String wireName() {
    return wireName;
  }

  /**
   * Returns the stage that rejected a record.
   *
   * @throws IllegalArgumentException if there is no such stage
   */
  public static Stage of(RejectedDocument reject) {
    return named(
        reject.getStage(),
        "reject of " + reject.getSource() + ", " + reject.getFile() + ", " + reject.getOffset());
  }

  /**
   * Returns the stage that counted.
   *
   * @throws IllegalArgumentException if there is no such stage
   */
  public static Stage of(StageCounts counts) {
    return named(
        counts.getStage(),
        "counts of checkpoint " + counts.getCheckpoint() + ", subtask " + counts.getSubtask());
  }

  /**
   * Returns the stage of this name.
   *
   * @param place where the name stands, for the error
   * @throws IllegalArgumentException if there is no such stage
   */
  public static Stage named(String wireName, String place) {
    Stage stage = BY_WIRE_NAME.get(wireName);
    if (stage == null) {
      throw new IllegalArgumentException(
          "a stage must be one of "
              + Arrays.stream(values()).map(Stage::wireName).collect(Collectors.joining(", "))
              + ": stage="
              + wireName
              + ", place="
              + place
              + "; if a newer version wrote it, read it with that version");
    }
    return stage;
  }

  /** Returns {@link #wireName()}. */
  @Override
  public String toString() {
    return wireName;
  }
}
