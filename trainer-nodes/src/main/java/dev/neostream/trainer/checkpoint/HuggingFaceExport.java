package dev.neostream.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.checkpoint.format.ShardedModel;
import dev.neostream.checkpoint.store.AtomicFolder;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.format.HuggingFaceTokenizer;
import dev.neostream.tokens.format.SentencePieceModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes a checkpoint as a folder that Hugging Face's transformers opens without code of its own:
 *
 * <pre>
 *   config.json  generation_config.json
 *   model.safetensors, or its shards and model.safetensors.index.json
 *   tokenizer.json  tokenizer_config.json  special_tokens_map.json
 *   tokenizer.model, for programs that read SentencePiece's file
 *   tokenizer.neo.json, for {@link HuggingFaceImport}
 *   README.md
 * </pre>
 *
 * <p>The parameters are those of the checkpoint bit for bit, fp32. The optimizer stays behind.
 */
public final class HuggingFaceExport {

  private HuggingFaceExport() {}

  /**
   * Makes the folder, whole or not at all. A checkpoint never changes, so its run may go on.
   *
   * @param modelCard Markdown for {@code README.md}
   * @param maxShardBytes a model of at most this size is one file
   * @param out the folder
   * @throws FileAlreadyExistsException if there is something at its place but an empty folder
   * @throws IllegalArgumentException if {@code maxShardBytes} < 1, or the checkpoint lacks a file
   * @throws IOException if a file of the checkpoint is missing, damaged or not what a run writes,
   *     or the folder cannot be written
   */
  public static void write(Stored checkpoint, String modelCard, long maxShardBytes, Path out)
      throws IOException {
    if (maxShardBytes < 1) {
      throw new IllegalArgumentException(
          "maxShardBytes must be >= 1: maxShardBytes=" + maxShardBytes);
    }
    AtomicFolder.write(
        out,
        folder -> {
          Tokenizer tokenizer = tokenizer(checkpoint);
          ObjectNode config = config(checkpoint, tokenizer);
          int end = tokenizer.endOfDocument();
          int maxSequence = config.path("max_position_embeddings").intValue();
          Files.write(folder.resolve("config.json"), HuggingFaceConfig.exported(config, end));
          Files.write(folder.resolve("generation_config.json"), HuggingFaceConfig.generation(end));
          for (Map.Entry<String, byte[]> file :
              HuggingFaceTokenizer.files(tokenizer, maxSequence).entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
          }
          Files.write(folder.resolve(SentencePieceModel.NAME), SentencePieceModel.bytes(tokenizer));
          checkpoint.copy(TokenizerFile.NAME, folder.resolve(TokenizerFile.NAME));
          Files.write(folder.resolve("README.md"), modelCard.getBytes(StandardCharsets.UTF_8));
          writeModel(checkpoint, maxShardBytes, folder);
        });
  }

  private static void writeModel(Stored checkpoint, long maxShardBytes, Path folder)
      throws IOException {
    String model = StoredCheckpoints.MODEL;
    if (Files.size(checkpoint.file(model)) <= maxShardBytes) {
      checkpoint.copy(model, folder.resolve(model));
    } else {
      checkpoint.verify(model);
      ShardedModel.write(folder, checkpoint.tensors(model), maxShardBytes);
    }
  }

  static Tokenizer tokenizer(Stored checkpoint) throws IOException {
    checkpoint.verify(TokenizerFile.NAME);
    Tokenizer tokenizer = TokenizerFile.read(checkpoint.file(TokenizerFile.NAME));
    String fingerprint = checkpoint.manifest().getTokenizer();
    if (!tokenizer.fingerprint().equals(fingerprint)) {
      throw new IOException(
          "%s must be the tokenizer that the manifest names: fingerprint=%s, manifest=%s"
              .formatted(
                  checkpoint.file(TokenizerFile.NAME), tokenizer.fingerprint(), fingerprint));
    }
    return tokenizer;
  }

  static ObjectNode config(Stored checkpoint, Tokenizer tokenizer) throws IOException {
    checkpoint.verify(StoredCheckpoints.CONFIG);
    Path file = checkpoint.file(StoredCheckpoints.CONFIG);
    try {
      ObjectNode config = new ObjectMapper().readValue(file.toFile(), ObjectNode.class);
      if (config.path("vocab_size").intValue() != tokenizer.vocabSize()) {
        throw new IOException(
            "%s and tokenizer must have the same number of ids: vocab_size=%s, tokenizer=%d"
                .formatted(file, config.path("vocab_size"), tokenizer.vocabSize()));
      }
      return config;
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s must be a JSON object: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }
}
