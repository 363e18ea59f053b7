package dev.neostream.trainer.node;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.trainer.checkpoint.StoredCheckpoints;
import dev.neostream.trainer.collective.RingAllReduce;
import dev.neostream.trainer.collective.aeron.AeronTransport;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.Environment;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.topic.KafkaBatchSource;
import dev.neostream.trainer.topic.KafkaStepLedger;
import dev.neostream.trainer.topic.PublishedCheckpoints;
import dev.neostream.trainer.train.LostRankException;
import dev.neostream.trainer.train.TrainLoop;
import dev.neostream.trainer.train.WillRepeatException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A trainer rank as a process of its own, which its launcher speaks with over standard streams:
 *
 * <pre>
 *   launcher                            rank
 *   a line of JSON, see NodeConfig  ->
 *                                   <-  ready    once the engine is loaded
 *   ring N of R ranks               ->           a rank was lost, or their number is another: drop
 *                                                the step that it is at, and go on in ring N, or
 *                                                end if that has no place for it
 *   stop                            ->           which ends it after the step that it is at
 *                                       exit code 0 (finished, stopped or no longer needed), 1
 *                                       (failed, see its log) or 3 (failed, and would again)
 * </pre>
 *
 * <p>Once ready it leaves, with exit code 1, when its input ends: a rank never outlives its
 * launcher, however the launcher dies.
 */
public final class Node {

  /** What a rank says once. */
  public static final String READY = "ready";

  /** What a rank is told to end it. */
  public static final String STOP = "stop";

  /** What a rank that would fail again says last, and then why, on the same line. */
  public static final String FAILED = "failed: ";

  /** Exit code of a rank that would fail again if it were started again. */
  public static final int WILL_REPEAT = 3;

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private static final int AERON_STREAMS = 1000;

  /** The launcher looks twice a second whether a rank has ended; then it has said so. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Node() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    // As in the launcher: some locales have other digits, in which no checkpoint would be found.
    Locale.setDefault(Locale.ROOT);
    var launcher = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      String config = launcher.readLine();
      if (config == null) {
        throw new IllegalArgumentException(
            "the first line of standard input must be the rank's configuration: input is empty");
      }
      train(NodeConfig.read(config), launcher);
    } catch (WillRepeatException e) {
      LOG.error("the rank failed, and would again", e);
      System.out.println(FAILED + e.getMessage().lines().findFirst().orElse(""));
      System.exit(WILL_REPEAT);
    } catch (IOException | RuntimeException | Error e) {
      LOG.error("the rank failed", e);
      System.exit(1);
    }
    System.exit(0);
  }

  private static void train(NodeConfig config, BufferedReader launcher) throws IOException {
    NodeConfig.Ring ring = config.ring();
    NodeConfig.Data data = config.data();
    Tokenizer tokenizer = TokenizerFile.read(config.tokenizer());
    requireSameIds(config, tokenizer);
    try (var decoder = new Decoder(config.model(), 1);
        var training = new Training(decoder, config.adamW());
        var source =
            new KafkaBatchSource(
                config.kafka(),
                data.domains(),
                data.heldOutBlocks(),
                tokenizer.fingerprint(),
                Duration.ofSeconds(data.blockSeconds()));
        var ledger = new KafkaStepLedger(config.kafka())) {
      System.out.println(READY);
      var words = new LauncherWords(launcher, ring.first());
      var loop =
          new TrainLoop(
              config.train(),
              training,
              source,
              ledger,
              checkpoints(config, tokenizer),
              Clock.systemUTC(),
              Environment::words);
      Optional<TrainLoop.End> end = run(loop, ring, words);
      LOG.info(
          "rank {} ended: {}", ring.rank(), end.map(Enum::name).orElse("its place is no longer"));
    }
  }

  /**
   * Trains in one ring after the other, until the end or until the launcher forms no new ring.
   *
   * @return empty if a ring has no place for this rank
   */
  private static Optional<TrainLoop.End> run(
      TrainLoop loop, NodeConfig.Ring place, LauncherWords words) throws IOException {
    for (RingWord ring = place.first(); place.rank() < ring.ranks(); ring = words.ring()) {
      RingWord joined = ring;
      try (var sync =
          new RingAllReduce(
              new AeronTransport(place.aeron(), AERON_STREAMS, place.member(joined)),
              () -> words.after(joined))) {
        return Optional.of(loop.run(sync, words::stop));
      } catch (LostRankException lost) {
        if (!words.awaitAfter(joined, PATIENCE)) {
          throw lost;
        }
        LOG.warn("on from here: {}", words.ring().line(), lost);
      }
    }
    return Optional.empty();
  }

  private static void requireSameIds(NodeConfig config, Tokenizer tokenizer) {
    if (tokenizer.vocabSize() != config.model().vocabSize()) {
      throw new WillRepeatException(
          "model and tokenizer must have the same number of ids: model.vocabSize="
              + config.model().vocabSize()
              + ", tokenizer="
              + tokenizer.vocabSize()
              + ", file="
              + config.tokenizer());
    }
  }

  private static PublishedCheckpoints checkpoints(NodeConfig config, Tokenizer tokenizer)
      throws IOException {
    var stored =
        new StoredCheckpoints(
            new CheckpointStore(config.checkpoints().path()),
            tokenizer.fingerprint(),
            Map.of(TokenizerFile.NAME, Files.readAllBytes(config.tokenizer())),
            config.checkpoints().kept());
    return new PublishedCheckpoints(stored, config.kafka(), config.ring().rank() == 0);
  }
}
