package dev.neostream.trainer.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.trainer.collective.RingMember;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.train.TrainSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * All that a rank needs to know, by value. As text it is a line of JSON that {@link #write} returns
 * and {@link #read} takes; it holds the secret that opens the run's brokers, so it is not for
 * command lines, which everybody on the machine can read.
 *
 * @param kafka how the run's topics are reached
 * @param ring the rank's place among the others
 * @param data what is trained on
 * @param tokenizer file of the tokenizer that made the data, which every checkpoint gets a copy of;
 *     absolute
 * @param model shape of the model, with as many ids as the tokenizer
 * @param adamW how a gradient becomes a step
 * @param train the start, and when to evaluate and to save
 * @param checkpoints where the model is kept
 */
public record NodeConfig(
    KafkaConnection kafka,
    Ring ring,
    Data data,
    Path tokenizer,
    ModelConfig model,
    AdamW adamW,
    TrainSettings train,
    CheckpointFolder checkpoints) {

  public NodeConfig {
    requireAbsolute("tokenizer", tokenizer);
  }

  /**
   * A place in the ring of ranks.
   *
   * @param run the same on every rank of a run, another one for another run
   * @param generation number of the ring that it joins first, higher than that of every earlier one
   * @param rank 0 .. ranks-1; rank 0 writes
   * @param ranks number of ranks in that ring
   * @param deadlineSeconds longest time without progress before the ring is given up
   * @param aeron folder of the running media driver, absolute
   */
  public record Ring(
      long run, int generation, int rank, int ranks, int deadlineSeconds, Path aeron) {

    public Ring {
      requireAtLeastOne("ring.deadlineSeconds", deadlineSeconds);
      requireAbsolute("ring.aeron", aeron);
      member(run, generation, rank, ranks, deadlineSeconds); // which checks the rest
    }

    /** Returns its place in a later ring, or in the first. */
    RingMember member(RingWord ring) {
      return member(run, ring.generation(), rank, ring.ranks(), deadlineSeconds);
    }

    /** Returns the ring that it joins first. */
    RingWord first() {
      return new RingWord(generation, ranks);
    }

    private static RingMember member(
        long run, int generation, int rank, int ranks, int deadlineSeconds) {
      return new RingMember(run, generation, rank, ranks, Duration.ofSeconds(deadlineSeconds));
    }
  }

  /**
   * What is trained on.
   *
   * @param domains mixture domains, of which held-out blocks are evaluated
   * @param heldOutBlocks so many a domain
   * @param blockSeconds how long to wait for a block that a batch names
   */
  public record Data(List<String> domains, int heldOutBlocks, int blockSeconds) {

    public Data {
      domains = List.copyOf(domains);
      if (domains.isEmpty()) {
        throw new IllegalArgumentException("data.domains must name a domain: data.domains=[]");
      }
      requireAtLeastOne("data.heldOutBlocks", heldOutBlocks);
      requireAtLeastOne("data.blockSeconds", blockSeconds);
    }
  }

  /**
   * Where the model is kept.
   *
   * @param path the folder, absolute, one for all ranks
   * @param kept newest checkpoints that stay when one is saved
   */
  public record CheckpointFolder(Path path, int kept) {

    public CheckpointFolder {
      requireAbsolute("checkpoints.path", path);
      requireAtLeastOne("checkpoints.kept", kept);
    }
  }

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  /** Returns the configuration as JSON without a line break. */
  public String write() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a rank's configuration must have a JSON form", e);
    }
  }

  /**
   * Returns the configuration that {@link #write} wrote.
   *
   * @throws IllegalArgumentException saying what is wrong with the text, and where
   */
  public static NodeConfig read(String json) {
    try {
      NodeConfig config = JSON.readValue(json, NodeConfig.class);
      if (config == null) {
        throw new IllegalArgumentException(
            "a rank's configuration must be the JSON that NodeConfig writes: it is null");
      }
      return config;
    } catch (JsonProcessingException e) {
      boolean ours = e.getCause() instanceof IllegalArgumentException;
      throw new IllegalArgumentException(
          "a rank's configuration must be the JSON that NodeConfig writes: at="
              + place(e)
              + ", problem="
              + (ours ? e.getCause().getMessage() : e.getOriginalMessage()),
          e);
    }
  }

  private static String place(JsonProcessingException e) {
    if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      return mapping.getPath().stream()
          .map(at -> at.getFieldName() == null ? "" + at.getIndex() : at.getFieldName())
          .collect(Collectors.joining("."));
    }
    return "column " + e.getLocation().getColumnNr();
  }

  private static void requireAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be >= 1: " + name + "=" + value);
    }
  }

  /** A rank need not run in the folder that its launcher runs in. */
  private static void requireAbsolute(String name, Path path) {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(name + " must be absolute: " + name + "=" + path);
    }
  }
}
