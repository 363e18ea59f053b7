package dev.neostream.ops;

import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.avro.Span;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * All that a run left in its topics, committed records only.
 *
 * @param raw ids of raw documents, in order of reading, repeats included
 * @param rejected ids that a stage of the job rejected, repeats included
 * @param duplicates ids marked as duplicates, repeats included
 * @param tokenised ids whose last token is in a block, repeats included
 * @param blockHashes hash by "domain/lane/block"
 * @param batches batches in step order, as text
 * @param steps step reports, in topic order
 */
public record RunContents(
    List<String> raw,
    List<String> rejected,
    List<String> duplicates,
    List<String> tokenised,
    TreeMap<String, Long> blockHashes,
    List<String> batches,
    List<StepReport> steps) {

  private static final List<String> DOMAINS = List.of("code", "en.web", "zh.web");

  /** Reads the topics of a run that is not running. */
  static RunContents read(Path run) {
    try (EmbeddedBroker broker = EmbeddedBroker.start(run.resolve("kafka"))) {
      return read(broker.connection(new Topics("demo")));
    }
  }

  public static RunContents read(KafkaConnection connection) {
    Topics topics = connection.topics();
    var contents =
        new RunContents(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new TreeMap<>(),
            new ArrayList<>(),
            new ArrayList<>());
    for (RawDocument raw : all(connection, topics.rawDocuments(), RawDocument.class)) {
      if (raw.getKind() == RawKind.DOCUMENT) {
        contents.raw.add(raw.getId());
      }
    }
    for (RejectedDocument reject :
        all(connection, topics.rejectedDocuments(), RejectedDocument.class)) {
      if (Stage.of(reject) != Stage.INGEST) {
        contents.rejected.add(reject.getId());
      }
    }
    for (DuplicateMark mark : all(connection, topics.duplicatesDocuments(), DuplicateMark.class)) {
      contents.duplicates.add(mark.getId());
    }
    for (String domain : DOMAINS) {
      for (String name : List.of(domain, "heldout." + domain)) {
        for (TokenBlock block : all(connection, topics.tokens(name), TokenBlock.class)) {
          contents.add(block);
        }
      }
    }
    for (TrainBatch batch : all(connection, topics.trainBatches(), TrainBatch.class)) {
      contents.batches.add(batch.toString());
    }
    contents.steps.addAll(all(connection, topics.trainSteps(), StepReport.class));
    return contents;
  }

  private void add(TokenBlock block) {
    String key = block.getDomain() + "/" + block.getLane() + "/" + block.getBlock();
    Long before = blockHashes.put(key, block.getHash());
    if (before != null) {
      throw new AssertionError("a block must be there once: " + key);
    }
    for (Span span : block.getSpans()) {
      if (span.getLast()) {
        tokenised.add(span.getDocumentId());
      }
    }
  }

  /** Returns the documents that are in no other outcome: their tokens wait for a block to fill. */
  public Set<String> held() {
    var held = new TreeSet<>(raw);
    held.removeAll(rejected);
    held.removeAll(duplicates);
    held.removeAll(tokenised);
    return held;
  }

  private static <T extends SpecificRecordBase> List<T> all(
      KafkaConnection connection, String topic, Class<T> type) {
    try (var reader = new TopicReader<>(connection, topic, type)) {
      return reader.readToEnd();
    }
  }
}
