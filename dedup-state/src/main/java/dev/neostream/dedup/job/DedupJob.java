package dev.neostream.dedup.job;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.Priority;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.job.CountedKeyedCoOperator;
import dev.neostream.schemas.job.CountedKeyedOperator;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Clean documents in, unique documents out.
 *
 * <pre>
 *   documents ─┬─ texts ───────────────────────────────────────────────────────┐
 *              └─ sketches ─ url ─ exact ─┬───────────────┐                 verdicts
 *                              |          └─ bands ─ contests ─ gather ─ decide ─ release ─ unique
 *                              └──────────────── verdicts ──────────────┘   └ copies
 *
 *   unique ─┬─ texts ─────────────────┐        only with the stages paragraph, line, substring;
 *           └─ passages ─ sightings ─ cut ─ …  one after the other; line only cuts
 *
 *   url, exact   keyed by hash       the first document with a URL, a text
 *   bands        keyed by band       who shares a band with an earlier document
 *   gather       keyed by document   sketches of those that do, each sent once
 *   decide       one subtask         near-duplicates of survivors, in priority order
 *   release      keyed by document   texts wait for their verdict
 *   sightings    keyed by passage    how often a passage was seen, in priority order
 *   cut          keyed by document   texts wait until their passages are counted
 * </pre>
 *
 * <p>A takedown reaches url, exact, bands, gather and decide as a sketch to forget, and the texts
 * that wait for a verdict: what it asks for is rejected with reason {@code takedown}, now and
 * later, and holds no place any more. What was dropped as its duplicate comes again as a document
 * of its own ({@link dev.neostream.schemas.Readmission}), so that the best of those is unique.
 * Sightings and copies are counts of what was seen, and stay.
 *
 * <p>All decide when the watermark passes the end of a window ({@link DedupScope}), so that neither
 * arrival order nor parallelism shows. Passages are counted among the survivors that are handed on
 * together, and the cut texts go on at the same event time.
 */
public final class DedupJob {

  private static final TypeInformation<Sketch> SKETCH = TypeInformation.of(Sketch.class);
  private static final TypeInformation<RankedText> TEXT = TypeInformation.of(RankedText.class);

  private DedupJob() {}

  /**
   * Adds deduplication to a job; marks, counts and copies leave by the side output {@link
   * OutRecord#TAG}.
   *
   * @param takedowns records of {@code takedowns}; must not hold event time back
   * @throws IllegalArgumentException if equal texts are to be kept
   */
  public static Deduplicated define(
      DataStream<Envelope> clean,
      DataStream<byte[]> takedowns,
      KafkaConnection connection,
      DedupConfig config,
      DedupScope scope) {
    if (!config.stages().contains(DedupStage.EXACT)) {
      throw new IllegalArgumentException(
          "the stream's stages must contain exact: stages=" + config.stages());
    }
    SingleOutputStreamOperator<Sketch> sketches =
        clean
            .connect(takedowns.broadcast(SketchFunction.TAKEDOWNS))
            .process(new SketchFunction(connection, config), SKETCH)
            .name("sketch")
            .uid("sketch");
    SingleOutputStreamOperator<Sketch> firsts = null;
    DataStream<Verdict> before = null;
    for (DedupStage stage : config.stages()) {
      if (stage == DedupStage.URL || stage == DedupStage.EXACT) {
        firsts = first(firsts == null ? sketches : firsts, stage, scope);
        DataStream<Verdict> verdicts = firsts.getSideOutput(FirstFunction.VERDICTS);
        before = before == null ? verdicts : before.union(verdicts);
      }
    }
    SingleOutputStreamOperator<Verdict> verdicts =
        contested(firsts, scope, config)
            .keyBy(document -> 0, Types.INT)
            .connect(before.keyBy(verdict -> 0, Types.INT))
            .process(new DecideFunction(config, scope), TypeInformation.of(Verdict.class))
            .name("decide")
            .uid("decide")
            .setParallelism(1);
    SingleOutputStreamOperator<OutRecord> copies =
        verdicts
            .getSideOutput(DecideFunction.COPIES)
            .keyBy(copy -> copy.canonical, Types.STRING)
            .process(new CopiesFunction(connection), TypeInformation.of(OutRecord.class))
            .name("copies")
            .uid("copies")
            .setMaxParallelism(Shards.COUNT);
    SingleOutputStreamOperator<Envelope> unique =
        sketches
            .getSideOutput(SketchFunction.TEXTS)
            .keyBy(text -> text.shard, Types.INT)
            .connect(verdicts.keyBy(verdict -> document(verdict.id), Types.INT))
            .transform(
                Stage.DEDUP.wireName(),
                TypeInformation.of(Envelope.class),
                new CountedKeyedCoOperator<>(
                    Stage.DEDUP, connection, new ReleaseFunction(scope, connection)))
            .uid(Stage.DEDUP.wireName())
            .setMaxParallelism(Shards.COUNT);
    DataStream<OutRecord> records = unique.getSideOutput(OutRecord.TAG).union(copies);
    return cut(new Deduplicated(unique, records), connection, config, scope);
  }

  /** Returns the stages as which the job counts documents, in order. */
  public static List<Stage> countedStages(DedupConfig config) {
    return Stream.concat(Stream.of(Stage.DEDUP), cutting(config).map(DedupStage::countedAs))
        .toList();
  }

  private static Stream<DedupStage> cutting(DedupConfig config) {
    return config.stages().stream().filter(stage -> stage.countedAs() != Stage.DEDUP);
  }

  private static Deduplicated cut(
      Deduplicated whole, KafkaConnection connection, DedupConfig config, DedupScope scope) {
    List<DedupStage> stages = cutting(config).toList();
    if (stages.isEmpty()) {
      return whole;
    }
    Priority priority = config.priority();
    SingleOutputStreamOperator<RankedText> texts =
        whole
            .unique
            .map(document -> RankedText.of(document, priority))
            .returns(TEXT)
            .name("texts")
            .uid("texts");
    DataStream<OutRecord> records = whole.records;
    for (int i = 0; i < stages.size(); i++) {
      // Whatever stage made it too short, a document is rejected at the end.
      int minCharacters = i + 1 < stages.size() ? 0 : config.minCharacters();
      texts = cut(texts, stages.get(i), minCharacters, connection, config, scope);
      records = records.union(texts.getSideOutput(OutRecord.TAG));
    }
    DataStream<Envelope> unique =
        texts
            .map(text -> text.document)
            .returns(TypeInformation.of(Envelope.class))
            .name("unique")
            .uid("unique");
    return new Deduplicated(unique, records);
  }

  private static SingleOutputStreamOperator<RankedText> cut(
      DataStream<RankedText> texts,
      DedupStage stage,
      int minCharacters,
      KafkaConnection connection,
      DedupConfig config,
      DedupScope scope) {
    Stage counted = stage.countedAs();
    String name = counted.wireName();
    KeyedStream<RankedText, Integer> keyed = texts.keyBy(text -> shard(text.document), Types.INT);
    if (stage == DedupStage.LINE) {
      var function = new LineFunction(minCharacters, connection);
      return keyed
          .transform(name, TEXT, new CountedKeyedOperator<>(counted, connection, function))
          .uid(name)
          .setMaxParallelism(Shards.COUNT);
    }
    SingleOutputStreamOperator<RepeatedPassages> repeated =
        texts
            .process(new PassagesFunction(stage, config), TypeInformation.of(PassageHashes.class))
            .name(name + "-passages")
            .uid(name + "-passages")
            .keyBy(passages -> Shards.of(passages.hashes[0]), Types.INT)
            .process(
                new SightingsFunction(config, scope), TypeInformation.of(RepeatedPassages.class))
            .name(name + "-sightings")
            .uid(name + "-sightings")
            .setMaxParallelism(Shards.COUNT);
    var function = new CutFunction(stage, config, minCharacters, connection);
    return keyed
        .connect(repeated.keyBy(some -> document(some.id), Types.INT))
        .transform(name, TEXT, new CountedKeyedCoOperator<>(counted, connection, function))
        .uid(name)
        .setMaxParallelism(Shards.COUNT);
  }

  /** Unique documents, and the records that deduplication writes. */
  public record Deduplicated(DataStream<Envelope> unique, DataStream<OutRecord> records) {}

  private static SingleOutputStreamOperator<Sketch> first(
      DataStream<Sketch> sketches, DedupStage stage, DedupScope scope) {
    var function = new FirstFunction(stage, scope);
    String name = stage.name().toLowerCase(Locale.ROOT);
    return sketches
        .keyBy(function::shard, Types.INT)
        .transform(name, SKETCH, new BufferingOperator<>(function))
        .uid(name)
        .setMaxParallelism(Shards.COUNT);
  }

  private static SingleOutputStreamOperator<Contested> contested(
      DataStream<Sketch> firsts, DedupScope scope, DedupConfig config) {
    DataStream<Contest> contests =
        firsts
            .<BandEntry>flatMap(
                (sketch, out) -> {
                  for (int band = 0; band < sketch.bands.length; band++) {
                    out.collect(BandEntry.of(sketch, band));
                  }
                })
            .returns(TypeInformation.of(BandEntry.class))
            .name("bands")
            .uid("band-entries")
            .keyBy(entry -> Shards.of(entry.key), Types.INT)
            .transform(
                "bands",
                TypeInformation.of(Contest.class),
                new BufferingOperator<>(new BandFunction(scope, config.bands().bands())))
            .uid("bands")
            .setMaxParallelism(Shards.COUNT);
    return firsts
        .filter(sketch -> sketch.bands.length > 0 || sketch.forget)
        .keyBy(sketch -> document(sketch.id), Types.INT)
        .connect(contests.keyBy(contest -> document(contest.id), Types.INT))
        .process(new GatherFunction(scope), TypeInformation.of(Contested.class))
        .name("gather")
        .uid("gather")
        .setMaxParallelism(Shards.COUNT);
  }

  private static int shard(Envelope document) {
    return document.end ? Shards.of(0) : document(document.id);
  }

  private static int document(String id) {
    return Shards.of(DocumentId.bits(id));
  }
}
