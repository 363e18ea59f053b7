package dev.neostream.ops.embedded;

import com.dynatrace.hash4j.hashing.Hashing;
import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.trainer.collective.RingAllReduce;
import dev.neostream.trainer.collective.RingMember;
import dev.neostream.trainer.collective.aeron.AeronTransport;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.topic.KafkaBatchSource;
import dev.neostream.trainer.topic.KafkaStepLedger;
import dev.neostream.trainer.topic.PublishedCheckpoints;
import dev.neostream.trainer.train.StoredCheckpoints;
import dev.neostream.trainer.train.TrainLoop;
import dev.neostream.trainer.train.TrainSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One trainer rank; started and spoken to by {@link RankProcesses}. */
public final class RankMain {

  private static final Logger LOG = LoggerFactory.getLogger(RankMain.class);

  private static final int AERON_STREAMS = 1000;

  private RankMain() {}

  /** Arguments: run folder, rank, ranks, generation, Aeron folder. */
  public static void main(String[] args) {
    var stop = new AtomicBoolean();
    try {
      var folder = new RunFolder(Path.of(args[0]));
      int rank = Integer.parseInt(args[1]);
      int ranks = Integer.parseInt(args[2]);
      int generation = Integer.parseInt(args[3]);
      train(folder, rank, ranks, generation, Path.of(args[4]), stop);
    } catch (IOException | RuntimeException | Error e) {
      LOG.error("the rank failed", e);
      System.exit(1);
    }
    System.exit(0);
  }

  private static void train(
      RunFolder folder, int rank, int ranks, int generation, Path aeron, AtomicBoolean stop)
      throws IOException {
    RunSpec spec = folder.spec().orElseThrow();
    KafkaConnection connection =
        new KafkaConnection(folder.address().orElseThrow().kafka(), new Topics(spec.name()));
    Tokenizer tokenizer = TokenizerFile.read(folder.tokenizer());
    var member =
        new RingMember(
            Hashing.xxh3_64().hashCharsToLong(folder.root().toString()),
            generation,
            rank,
            ranks,
            Duration.ofSeconds(spec.engines().ringSeconds()));
    try (var decoder =
            new Decoder(
                spec.model().config(tokenizer.vocabSize(), spec.tokenize().sequenceLength()), 1);
        var training = new Training(decoder, spec.optimizer().adamW());
        var source =
            new KafkaBatchSource(
                connection,
                rank,
                ranks,
                spec.mixture().domains(),
                spec.train().heldOutBlocks(),
                tokenizer.fingerprint(),
                Duration.ofSeconds(spec.engines().blockSeconds()));
        var ledger = new KafkaStepLedger(connection)) {
      System.out.println("ready");
      listen(stop);
      try (var sync = new RingAllReduce(new AeronTransport(aeron, AERON_STREAMS, member))) {
        TrainLoop.End end =
            new TrainLoop(
                    new TrainSettings(
                        spec.train().seed(),
                        spec.optimizer().clip(),
                        spec.train().evalEvery(),
                        spec.train().checkpointEvery()),
                    training,
                    sync,
                    source,
                    ledger,
                    checkpoints(folder, spec, connection, tokenizer, rank == 0),
                    Clock.systemUTC())
                .run(stop::get);
        LOG.info("rank {} ended: {}", rank, end);
      }
    }
  }

  private static PublishedCheckpoints checkpoints(
      RunFolder folder,
      RunSpec spec,
      KafkaConnection connection,
      Tokenizer tokenizer,
      boolean writes)
      throws IOException {
    var stored =
        new StoredCheckpoints(
            new CheckpointStore(folder.checkpoints()),
            tokenizer.fingerprint(),
            Map.of(TokenizerFile.NAME, Files.readAllBytes(folder.tokenizer())),
            spec.train().keptCheckpoints());
    return new PublishedCheckpoints(stored, connection, writes);
  }

  /** Waits for the launcher's word on another thread; leaves at once when the launcher is gone. */
  private static void listen(AtomicBoolean stop) {
    var listener =
        new Thread(
            () -> {
              try (var in =
                  new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                  stop.set(line.equals("stop"));
                }
              } catch (IOException e) {
                LOG.error("the launcher's pipe broke", e);
              }
              Runtime.getRuntime().halt(1);
            },
            "launcher");
    listener.setDaemon(true);
    listener.start();
  }
}
