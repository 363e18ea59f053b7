package dev.neostream.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.checkpoint.format.ShardedModel;
import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.bpe.Vocabulary;
import dev.neostream.tokens.format.TokenizerFiles;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.FlatLayout;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.ParameterHash;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes a checkpoint of a folder of Hugging Face's Llama: its {@code config.json}, weights in
 * safetensors (fp32, fp16 or bf16; one file, or shards with their index) and tokenizer. What was
 * exported comes back with the same parameters, bit for bit.
 *
 * <p>A checkpoint made so is of step 0 and plan 0, has seen no token and holds no optimizer: it can
 * be served, exported and fine-tuned, and no run goes on from it.
 *
 * <p>Where the model has more rows than the tokenizer has ids, as released models often do, control
 * pieces {@code [PAD264]} and so on, named by their ids, fill them up: no text has their ids.
 */
public final class HuggingFaceImport {

  private static final String CONFIG = "config.json";
  private static final long MAX_CONFIG = 1 << 20;
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String OUTPUT = "lm_head.weight";

  private HuggingFaceImport() {}

  /**
   * Writes the checkpoint.
   *
   * @param from the folder
   * @param store where there is no checkpoint of step 0
   * @throws IOException if a file of the folder is missing or damaged, or the model is one that
   *     {@link ModelConfig} cannot describe, naming what differs; or if the store cannot be written
   */
  public static CheckpointManifest write(Path from, CheckpointStore store, Instant createdAt)
      throws IOException {
    ObjectNode json = json(from.resolve(CONFIG));
    List<Tensor> read = ShardedModel.read(from);
    ModelConfig config;
    List<Tensor> tensors;
    Tokenizer tokenizer;
    try {
      config = HuggingFaceConfig.imported(json);
      // What follows takes memory for what the files hold, not for what config.json claims.
      if (config.nLayers() > read.size()) {
        throw new IllegalArgumentException(
            "every layer must have tensors: num_hidden_layers=%d, tensors=%d"
                .formatted(config.nLayers(), read.size()));
      }
      boolean tied = json.path("tie_word_embeddings").booleanValue();
      tensors =
          ModelTensors.inOrder(new FlatLayout(config), tied ? untied(read, from) : read, from);
      tokenizer = padded(TokenizerFiles.read(from), config.vocabSize());
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(from.resolve(CONFIG), e.getMessage()), e);
    }
    try (var decoder = new Decoder(config, 1)) {
      copy(tensors, decoder, from);
      CheckpointManifest draft =
          CheckpointManifest.newBuilder()
              .setStep(0)
              .setPath("")
              .setPlanVersion(0)
              .setTokens(Map.of())
              .setModel(config.fingerprint())
              .setTokenizer(tokenizer.fingerprint())
              .setParameterHash(ParameterHash.of(decoder))
              .setFiles(List.of())
              .setCreatedAt(createdAt.toEpochMilli())
              .build();
      return store.save(
          draft,
          Map.of(StoredCheckpoints.MODEL, StoredCheckpoints.model(decoder)),
          Map.of(
              StoredCheckpoints.CONFIG,
              HuggingFaceConfig.of(config),
              TokenizerFile.NAME,
              TokenizerFile.bytes(tokenizer)));
    }
  }

  private static ObjectNode json(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_CONFIG) {
      throw new IOException(
          "a Hugging Face model must have a file of at most %d bytes: file=%s"
              .formatted(MAX_CONFIG, file));
    }
    try {
      return new ObjectMapper().readValue(file.toFile(), ObjectNode.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s must be a JSON object: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  private static Tokenizer padded(Tokenizer tokenizer, int vocabSize) {
    List<Piece> pieces = new ArrayList<>(tokenizer.vocabulary().pieces());
    if (pieces.size() > vocabSize) {
      throw new IllegalArgumentException(
          "a model must have a row for every id of its tokenizer: vocab_size=%d, tokenizer=%d"
              .formatted(vocabSize, pieces.size()));
    }
    if (pieces.size() == vocabSize) {
      return tokenizer;
    }
    while (pieces.size() < vocabSize) {
      pieces.add(new Piece(Piece.Kind.CONTROL, "[PAD" + pieces.size() + "]"));
    }
    return new Tokenizer(new Vocabulary(pieces), tokenizer.dummyPrefix());
  }

  /** Gives the output matrix, which such a model shares with its embedding, values of its own. */
  private static List<Tensor> untied(List<Tensor> tensors, Path from) throws IOException {
    Tensor embedding = null;
    Tensor output = null;
    List<Tensor> all = new ArrayList<>(tensors);
    for (Tensor tensor : tensors) {
      switch (tensor.name()) {
        case EMBEDDING -> embedding = tensor;
        case OUTPUT -> output = tensor;
        default -> {
          // Shared by nothing.
        }
      }
    }
    if (embedding == null) {
      return all; // refused as missing
    }
    Tensor copy = new Tensor(OUTPUT, embedding.dtype(), embedding.shape(), embedding.data());
    if (output == null) {
      all.add(copy);
    } else if (!output.equals(copy)) {
      throw new IOException(
          "%s: tie_word_embeddings says that %s and %s are one, but they differ"
              .formatted(from, EMBEDDING, OUTPUT));
    }
    return all;
  }

  private static void copy(List<Tensor> tensors, Decoder decoder, Path from) throws IOException {
    List<FlatLayout.Parameter> parameters = decoder.layout().parameters();
    for (int i = 0; i < parameters.size(); i++) {
      FlatLayout.Parameter p = parameters.get(i);
      FloatBuffer values = decoder.parameters(p.segment()).asFloatBuffer();
      try {
        tensors.get(i).copyFloats(values.slice(p.offset(), p.size()));
      } catch (IllegalArgumentException e) {
        throw new IOException("%s: %s".formatted(from, e.getMessage()), e);
      }
    }
  }
}
