package dev.neostream.trainer.generate;

import java.util.List;
import java.util.Optional;

/**
 * The next piece of a completion.
 *
 * @param text may be empty
 * @param tokens those of the prompt, if it is echoed, or the one that was generated; none unless
 *     they are scored. Every generated token is there, also {@code </s>} and those of a stop string
 * @param finish why nothing follows, in the last chunk
 */
public record CompletionChunk(String text, List<ScoredToken> tokens, Optional<Finish> finish) {

  /** Why a completion ends. */
  public enum Finish {
    /** The model ended the document, or a stop string came. */
    STOP,
    /** As many tokens as asked for, or as the model's context has room for. */
    LENGTH
  }

  public CompletionChunk {
    tokens = List.copyOf(tokens);
  }
}
