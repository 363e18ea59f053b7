package dev.neostream.ops.takedown;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.Subject;
import dev.neostream.dedup.job.Sketch;
import dev.neostream.dedup.job.Sketcher;
import dev.neostream.ingest.file.Envelopes;
import dev.neostream.ingest.topic.InputControl;
import dev.neostream.ops.explain.DocumentBlocks;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.avro.BlockFlag;
import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.avro.Takedown;
import dev.neostream.schemas.avro.TakedownDocument;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.Takedowns;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecordBase;

/** Lets a run forget documents: finds them, sends takedowns, flags sealed blocks. */
public final class TakedownControl {

  /** Documents a record names, some 200 bytes each. */
  private static final int MOST_DOCUMENTS = 20_000;

  private final KafkaConnection connection;
  private final Function<Envelope, Optional<Envelope>> cleaner;
  private final DedupConfig config;

  /**
   * What a takedown is about.
   *
   * @param matched ids of the documents read so far that it asks for
   * @param documents those of them that were clean, then what was dropped as their duplicates and
   *     is read again, the best first
   * @param duplicates of the latter id and source, in that order
   * @param blocks blocks, {@code domain/lane/block}, of those matched that the run has neither
   *     rejected nor dropped; none while a document is on its way
   */
  public record Found(
      Subject subject,
      Set<String> matched,
      List<TakedownDocument> documents,
      Map<String, String> duplicates,
      Map<String, List<String>> blocks) {

    /** Returns the sealed blocks with what they hold, {@code domain/lane/block} to ids. */
    public Map<String, Set<String>> documentsByBlock() {
      Map<String, Set<String>> byBlock = new TreeMap<>();
      blocks.forEach(
          (id, places) ->
              places.forEach(
                  place -> byBlock.computeIfAbsent(place, key -> new TreeSet<>()).add(id)));
      return byBlock;
    }
  }

  /** A document that state must forget. */
  private record Candidate(boolean duplicate, String domain, Sketch sketch) {

    /** What is asked for comes first: no duplicate may be compared with it again. */
    static final Comparator<Candidate> ORDER =
        Comparator.comparing(Candidate::duplicate)
            .thenComparingLong(candidate -> candidate.sketch.priority)
            .thenComparing(candidate -> candidate.sketch.id);

    TakedownDocument record() {
      return TakedownDocument.newBuilder()
          .setId(sketch.id)
          .setOrdinal(sketch.ordinal)
          .setDomain(domain)
          .setMatched(!duplicate)
          .setTextHigh(sketch.text.high())
          .setTextLow(sketch.text.low())
          .setUrlHigh(sketch.url == null ? null : sketch.url.high())
          .setUrlLow(sketch.url == null ? null : sketch.url.low())
          .setBands(Arrays.stream(sketch.bands).boxed().toList())
          .build();
    }
  }

  /**
   * @param cleaner how the run cleans; nothing for documents that it rejects
   * @param config how the run deduplicates
   */
  public TakedownControl(
      KafkaConnection connection,
      Function<Envelope, Optional<Envelope>> cleaner,
      DedupConfig config) {
    this.connection = connection;
    this.cleaner = cleaner;
    this.config = config;
  }

  /** Returns what a takedown of a subject would be about now. */
  public Found find(Subject subject) {
    Set<String> matched = new HashSet<>();
    documents(
        raw -> {
          if (Subject.all(Envelopes.of(raw)).contains(subject)) {
            matched.add(raw.getId());
          }
        });
    List<Takedown> history = history();
    Set<Subject> gone = new HashSet<>();
    history.forEach(takedown -> gone.add(new Subject(takedown.getKind(), takedown.getValue())));
    Set<String> duplicates = duplicates(matched);
    duplicates.removeAll(readmitted(history));
    List<Candidate> found = new ArrayList<>();
    var sketcher = new Sketcher(config);
    documents(
        raw -> {
          boolean asked = matched.contains(raw.getId());
          if (asked || duplicates.contains(raw.getId())) {
            Envelope document = Envelopes.of(raw);
            if (asked || Subject.all(document).stream().noneMatch(gone::contains)) {
              cleaner
                  .apply(document)
                  .map(clean -> new Candidate(!asked, clean.domain, sketcher.of(clean)))
                  .ifPresent(found::add);
            }
          }
        });
    found.sort(Candidate.ORDER);
    Map<String, String> readmitted = new LinkedHashMap<>();
    for (Candidate candidate : found) {
      if (candidate.duplicate) {
        readmitted.put(candidate.sketch.id, candidate.sketch.source);
      }
    }
    return new Found(
        subject,
        matched,
        found.stream().map(Candidate::record).toList(),
        readmitted,
        DocumentBlocks.of(connection, matched));
  }

  /**
   * Sends a takedown, in as many records as its documents take, lets the duplicates be read again,
   * and flags the sealed blocks that hold tokens of what it asks for and are not flagged yet. A
   * call that dies in between can be repeated: what was done is not done twice. What is read
   * between {@link #find} and the moment the job learns of it is rejected but not forgotten, and
   * what had left deduplication but not reached a sealed block may reach one: find and send again
   * later.
   *
   * @param sentAt when, milliseconds since the epoch
   * @return versions of the records
   * @throws IllegalStateException if another takedown came between
   */
  public List<Integer> send(Found found, String author, String reason, long sentAt) {
    int before = history().size();
    List<Takedown> takedowns = new ArrayList<>();
    int from = 0;
    do {
      int to = Math.min(from + MOST_DOCUMENTS, found.documents.size());
      takedowns.add(
          Takedown.newBuilder()
              .setVersion(before + takedowns.size() + 1)
              .setKind(found.subject.kind())
              .setValue(found.subject.value())
              .setAuthor(author)
              .setReason(reason)
              .setProposedAt(sentAt)
              .setDocuments(found.documents.subList(from, to))
              .build());
      from = to;
    } while (from < found.documents.size());
    write(connection.topics().takedowns(), Takedown.class, takedowns);
    List<Integer> versions = takedowns.stream().map(Takedown::getVersion).toList();
    List<Takedown> history = history();
    if (!history.subList(before, before + takedowns.size()).equals(takedowns)) {
      throw new IllegalStateException(
          "another takedown came between: version="
              + (before + 1)
              + "; look at it with `ops/neo explain` and repeat");
    }
    if (!found.duplicates.isEmpty()) {
      new InputControl(connection).readmit(before + 1, before + takedowns.size(), author, sentAt);
    }
    write(connection.topics().blockFlags(), BlockFlag.class, flags(found, versions.get(0)));
    return versions;
  }

  /** Returns every takedown that counts, in order. */
  public List<Takedown> history() {
    return Takedowns.of(connection);
  }

  /** Returns what earlier takedowns let be read again: those are documents of their own by now. */
  private Set<String> readmitted(List<Takedown> history) {
    Set<Integer> versions = new InputControl(connection).readmitted();
    Set<String> ids = new HashSet<>();
    for (Takedown takedown : history) {
      for (TakedownDocument document : takedown.getDocuments()) {
        if (versions.contains(takedown.getVersion()) && !document.getMatched()) {
          ids.add(document.getId());
        }
      }
    }
    return ids;
  }

  /**
   * Returns what was dropped as a duplicate of these documents, or of such a duplicate. What was
   * dropped itself stands for none: its duplicates are those of another that stands.
   */
  private Set<String> duplicates(Set<String> matched) {
    Set<String> all = new HashSet<>(matched);
    read(
        connection.topics().duplicatesDocuments(),
        DuplicateMark.class,
        mark -> all.remove(mark.getId()));
    for (int before = -1; before != all.size(); ) {
      before = all.size();
      read(
          connection.topics().duplicatesDocuments(),
          DuplicateMark.class,
          mark -> {
            if (all.contains(mark.getCanonical())) {
              all.add(mark.getId());
            }
          });
    }
    all.removeAll(matched);
    return all;
  }

  private List<BlockFlag> flags(Found found, int takedown) {
    Map<String, Set<String>> unflagged = found.documentsByBlock();
    read(
        connection.topics().blockFlags(),
        BlockFlag.class,
        flag -> {
          String place = flag.getDomain() + "/" + flag.getLane() + "/" + flag.getBlock();
          unflagged.getOrDefault(place, new HashSet<>()).removeAll(flag.getDocuments());
        });
    List<BlockFlag> flags = new ArrayList<>();
    unflagged.forEach(
        (place, ids) -> {
          if (!ids.isEmpty()) {
            String[] parts = place.split("/");
            flags.add(
                new BlockFlag(
                    parts[0],
                    Integer.parseInt(parts[1]),
                    Long.parseLong(parts[2]),
                    List.copyOf(ids),
                    takedown));
          }
        });
    return flags;
  }

  private void documents(Consumer<RawDocument> out) {
    read(
        connection.topics().rawDocuments(),
        RawDocument.class,
        raw -> {
          if (raw.getKind() == RawKind.DOCUMENT) {
            out.accept(raw);
          }
        });
  }

  private <T extends SpecificRecordBase> void read(String topic, Class<T> type, Consumer<T> out) {
    try (var reader = new TopicReader<>(connection, topic, type)) {
      reader.readToEnd(out);
    }
  }

  private <T extends SpecificRecordBase> void write(String topic, Class<T> type, List<T> records) {
    try (var writer = new TopicWriter<>(connection, topic, type)) {
      records.forEach(writer::write);
    }
  }
}
