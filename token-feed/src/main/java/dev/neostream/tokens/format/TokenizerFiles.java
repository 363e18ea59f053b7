package dev.neostream.tokens.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.neostream.schemas.AtomicFile;
import dev.neostream.tokens.bpe.TextCodec;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of a tokenizer in a folder, in every format that can hold it. */
public final class TokenizerFiles {

  /** Largest file that is read: the pieces of the largest vocabulary take a tenth of it. */
  private static final long MOST_BYTES = 64L << 20;

  private static final JsonFactory JSON = new JsonFactory();

  private TokenizerFiles() {}

  /**
   * Reads a tokenizer of pieces of text, which a run and its checkpoints can hold.
   *
   * @param path as of {@link #readAny}
   * @throws IOException as {@link #readAny}, and if the tokenizer is a byte-level one
   */
  public static Tokenizer read(Path path) throws IOException {
    if (readAny(path) instanceof Tokenizer tokenizer) {
      return tokenizer;
    }
    throw new IOException(
        "a tokenizer to train with or to export must have byte fallback; a byte-level one can be used"
            + " to encode, decode and inspect: path="
            + path);
  }

  /**
   * Reads a tokenizer.
   *
   * @param path {@code tokenizer.neo.json}, SentencePiece's {@code tokenizer.model}, Hugging Face's
   *     {@code tokenizer.json}, each by any name, or a folder with one of them, looked for in this
   *     order
   * @throws IOException if there is none, or it cannot be read or held; the message names the file
   */
  public static TextCodec readAny(Path path) throws IOException {
    Path file = Files.isDirectory(path) ? inFolder(path) : path;
    if (!Files.isRegularFile(file)) {
      throw new IOException("a tokenizer must be a file or a folder with one: path=" + path);
    }
    long bytes = Files.size(file);
    if (bytes > MOST_BYTES) {
      throw new IOException(
          "a tokenizer file must have at most "
              + MOST_BYTES
              + " bytes: file="
              + file
              + ", bytes="
              + bytes);
    }
    byte[] content = Files.readAllBytes(file);
    try {
      if (!isJson(content)) {
        return SentencePieceModel.read(content);
      }
      return isOurs(content) ? TokenizerFile.read(file) : HuggingFaceTokenizer.read(content);
    } catch (IllegalArgumentException e) {
      throw new IOException("tokenizer file " + file + ": " + e.getMessage(), e);
    }
  }

  private static Path inFolder(Path folder) throws IOException {
    List<String> names =
        List.of(TokenizerFile.NAME, SentencePieceModel.NAME, HuggingFaceTokenizer.NAME);
    for (String name : names) {
      if (Files.exists(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    throw new IOException("a tokenizer's folder must hold one of " + names + ": folder=" + folder);
  }

  /** A message's first byte is the tag of a piece, never a brace or white space before one. */
  private static boolean isJson(byte[] content) {
    for (byte b : content) {
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return b == '{';
      }
    }
    return false;
  }

  /** Ours begins with its format, Hugging Face's has a model. */
  private static boolean isOurs(byte[] json) {
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        if (name.equals("model")) {
          return false;
        }
        parser.nextToken();
        parser.skipChildren();
      }
      return true;
    } catch (IOException e) {
      return true; // whose reader says what is wrong
    }
  }

  /**
   * Writes a tokenizer in every format that can hold it, each file whole or not at all.
   *
   * @param folder made if it is not there
   * @param maxSequence longest sequence of the models it is for, in tokens
   * @return by the name of a file why its format cannot hold the tokenizer; empty where all can
   * @throws IOException if a file cannot be written
   */
  public static Map<String, String> write(Tokenizer tokenizer, Path folder, int maxSequence)
      throws IOException {
    Files.createDirectories(folder);
    TokenizerFile.write(tokenizer, folder.resolve(TokenizerFile.NAME));
    Map<String, String> left = new LinkedHashMap<>();
    try {
      AtomicFile.write(
          folder.resolve(SentencePieceModel.NAME), SentencePieceModel.bytes(tokenizer));
    } catch (IllegalArgumentException e) {
      left.put(SentencePieceModel.NAME, e.getMessage());
    }
    try {
      for (var file : HuggingFaceTokenizer.files(tokenizer, maxSequence).entrySet()) {
        AtomicFile.write(folder.resolve(file.getKey()), file.getValue());
      }
    } catch (IllegalArgumentException e) {
      left.put(HuggingFaceTokenizer.NAME, e.getMessage());
    }
    return left;
  }
}
