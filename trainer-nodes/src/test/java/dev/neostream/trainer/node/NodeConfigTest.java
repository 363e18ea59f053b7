package dev.neostream.trainer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Topics;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.optim.GradientClip;
import dev.neostream.trainer.train.TrainSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {

  private static final String SECRET = "neo\" password=\"s3cret\u00e4\\\n\";";

  private static final NodeConfig CONFIG =
      new NodeConfig(
          new KafkaConnection(
              Map.of("bootstrap.servers", "127.0.0.1:9", "sasl.jaas.config", SECRET),
              new Topics("small-1")),
          new NodeConfig.Ring(Long.MIN_VALUE + 1, 3, 1, 2, 120, Path.of("/dev/shm/a b/driver")),
          new NodeConfig.Data(List.of("zh.web", "code"), 4, 30),
          Path.of("/runs/\u4e2d 100%/tokenizer.neo.json"),
          new ModelConfig(8192, 256, 8, 4, 2, 32, 704, 512, 10_000, 1.0 / 3e5),
          new AdamW(0.9, 0.95, 1e-8, 0.1),
          new TrainSettings(-42, new GradientClip(0.1 + 0.2), 50, 25, true),
          new NodeConfig.CheckpointFolder(Path.of("/runs/checkpoints"), 2));

  @Test
  void shouldReadWhatItWrote() {
    String json = CONFIG.write();

    assertEquals(CONFIG, NodeConfig.read(json));
    assertEquals(1, json.lines().count(), json);
  }

  /** Launchers of another version, or in another language, write the same. */
  @Test
  void shouldKeepItsJsonForm() {
    assertEquals(
        """
        {"kafka":{"client":{"bootstrap.servers":"127.0.0.1:9"},"topics":{"run":"small-1"}},\
        "ring":{"run":1,"generation":3,"rank":1,"ranks":2,"deadlineSeconds":120,\
        "aeron":"file:///a"},\
        "data":{"domains":["code"],"heldOutBlocks":4,"blockSeconds":30},\
        "tokenizer":"file:///t",\
        "model":{"vocabSize":8192,"dModel":256,"nLayers":8,"nHeads":4,"nKvHeads":2,"headDim":32,\
        "ffnHidden":704,"maxSequence":512,"ropeTheta":10000.0,"rmsNormEps":1.0E-5},\
        "adamW":{"beta1":0.9,"beta2":0.95,"epsilon":1.0E-8,"weightDecay":0.1},\
        "train":{"seed":-42,"clip":{"maxNorm":1.0},"evalEvery":50,"checkpointEvery":25,\
        "waitsForHeldOut":false},\
        "checkpoints":{"path":"file:///c","kept":2}}""",
        new NodeConfig(
                KafkaConnection.to("127.0.0.1:9", new Topics("small-1")),
                new NodeConfig.Ring(1, 3, 1, 2, 120, Path.of("/a")),
                new NodeConfig.Data(List.of("code"), 4, 30),
                Path.of("/t"),
                new ModelConfig(8192, 256, 8, 4, 2, 32, 704, 512, 10_000, 1e-5),
                AdamW.mapNeo(),
                new TrainSettings(-42, GradientClip.mapNeo(), 50, 25, false),
                new NodeConfig.CheckpointFolder(Path.of("/c"), 2))
            .write());
  }

  /** A piece of the JSON above, what stands there instead, and what is said about it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"rank\":1 | \"rank\":2 | at=ring, problem=rank must be 0 .. ranks-1: rank=2, ranks=2",
        "\"rank\":1 | \"rank\":-1 | at=ring, problem=rank must be 0 .. ranks-1: rank=-1, ranks=2",
        "\"generation\":3 | \"generation\":-1 | generation must be >= 0: generation=-1",
        "\"deadlineSeconds\":120 | \"deadlineSeconds\":0 | ring.deadlineSeconds must be >= 1: ring.deadlineSeconds=0",
        "file:///dev/shm/a%20b/driver | driver | ring.aeron must be absolute: ring.aeron=driver",
        "[\"zh.web\",\"code\"] | [] | data.domains must name a domain: data.domains=[]",
        "\"heldOutBlocks\":4 | \"heldOutBlocks\":0 | data.heldOutBlocks must be >= 1: data.heldOutBlocks=0",
        "\"blockSeconds\":30 | \"blockSeconds\":-1 | data.blockSeconds must be >= 1: data.blockSeconds=-1",
        "file:///runs/%E4%B8%AD%20100%25/tokenizer.neo.json | t.json | tokenizer must be absolute: tokenizer=t.json",
        "\"vocabSize\":8192 | \"vocabSize\":0 | at=model, problem=vocabSize must be > 0: vocabSize=0",
        "\"beta1\":0.9 | \"beta1\":1 | at=adamW, problem=beta1 must be in [0, 1): beta1=1.0",
        "\"evalEvery\":50 | \"evalEvery\":0 | at=train, problem=evalEvery must be >= 1: evalEvery=0",
        "file:///runs/checkpoints | runs | checkpoints.path must be absolute: checkpoints.path=runs",
        "\"kept\":2 | \"kept\":0 | checkpoints.kept must be >= 1: checkpoints.kept=0",
        "\"small-1\" | \"Small\" | at=kafka.topics, problem=run name must match",
        "bootstrap.servers | servers | at=kafka, problem=client settings must name bootstrap.servers",
        "\"rank\":1, | `` | at=ring.rank, problem=Missing creator property 'rank'",
        "\"rank\":1 | \"rank\":null | at=ring.rank",
        "\"rank\":1 | \"rank\":1.5 | at=ring.rank",
        "\"rank\":1 | \"rank\":\"1\" | at=ring.rank",
        "\"rank\":1 | \"rank\":0,\"rank\":1 | Duplicate field 'rank'",
        "\"rank\":1 | \"rank\":1,\"size\":2 | at=ring.size, problem=Unrecognized field \"size\"",
        "\"code\"] | \"code\",[]] | at=data.domains.2",
        "\"kept\":2}} | \"kept\":2}}{ | Trailing token",
        "{\"kafka\" | [\"kafka\" | at=column",
      })
  void shouldSayWhatIsWrongAndWhere(String part, String instead, String said) {
    String json = CONFIG.write();
    String changed = json.replace(part, instead == null ? "" : instead);

    var error = assertThrows(IllegalArgumentException.class, () -> NodeConfig.read(changed));

    assertFalse(changed.equals(json), part + " must be in " + json);
    assertTrue(error.getMessage().contains(said), error.getMessage());
  }

  @Test
  void shouldKeepTheSecretOutOfMessages() {
    String json = CONFIG.write();
    String cut = json.substring(0, json.indexOf("s3cret") + 6);

    var error = assertThrows(IllegalArgumentException.class, () -> NodeConfig.read(cut));

    assertFalse(error.getMessage().contains("s3cret"), error.getMessage());
    assertFalse(error.getCause().toString().contains("s3cret"), error.getCause().toString());
    assertFalse(CONFIG.toString().contains("s3cret"), CONFIG.toString());
  }

  @Test
  void shouldRefuseNull() {
    var error = assertThrows(IllegalArgumentException.class, () -> NodeConfig.read("null"));

    assertTrue(error.getMessage().endsWith("it is null"), error.getMessage());
  }

  @Test
  void shouldNotBeChangedByWhatItWasMadeOf() {
    var domains = new ArrayList<>(List.of("code"));
    var data = new NodeConfig.Data(domains, 1, 1);

    domains.clear();

    assertEquals(List.of("code"), data.domains());
  }
}
