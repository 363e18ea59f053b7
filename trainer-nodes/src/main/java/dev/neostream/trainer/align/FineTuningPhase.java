package dev.neostream.trainer.align;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.neostream.tokens.chat.ChatBlock;
import dev.neostream.tokens.mixture.LearningRate;
import java.util.List;

/**
 * A stretch of fine-tuning on one set of conversations.
 *
 * @param name foundational, chat ...
 * @param blocks what is trained on; every epoch has each once
 * @param epochs how often, &gt;= 1: MAP-Neo has {@link #FOUNDATIONAL_EPOCHS} and {@link
 *     #CHAT_EPOCHS} (arXiv 2405.19327, section on alignment)
 * @param peak highest learning rate, &gt; 0; the paper's is not known to us
 * @param warmupShare share of the steps that warm up, in [0, 1); not known either
 */
public record FineTuningPhase(
    String name, List<ChatBlock> blocks, int epochs, double peak, double warmupShare) {

  /** Epochs of the first phase, instructions: published. */
  public static final int FOUNDATIONAL_EPOCHS = 3;

  /** Epochs of the second phase, conversations of people: published. */
  public static final int CHAT_EPOCHS = 1;

  /** Lowest learning rate as a share of the peak, at both ends: ours, pre-training's. */
  static final double FLOOR_SHARE = 0.1;

  public FineTuningPhase {
    blocks = List.copyOf(blocks);
    if (name.isBlank()) {
      throw new IllegalArgumentException("a phase's name must not be blank");
    }
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException("a phase must have a block: phase=" + name);
    }
    if (epochs < 1) {
      throw new IllegalArgumentException(
          "epochs must be >= 1: phase=%s, epochs=%d".formatted(name, epochs));
    }
    if (!(peak > 0 && Double.isFinite(peak))) {
      throw new IllegalArgumentException(
          "peak must be finite and > 0: phase=%s, peak=%s".formatted(name, peak));
    }
    if (!(warmupShare >= 0 && warmupShare < 1)) {
      throw new IllegalArgumentException(
          "warmupShare must be in [0, 1): phase=%s, warmupShare=%s".formatted(name, warmupShare));
    }
  }

  /** Returns the rule of a phase of so many steps: linear warm-up, then half a cosine. */
  LearningRate learningRate(long steps) {
    return LearningRate.cosine(peak, FLOOR_SHARE * peak, Math.round(warmupShare * steps));
  }

  /** XXH3-64 of all blocks in order, ids and weights: equal when training is on the same. */
  public long dataHash() {
    HashStream64 hash = Hashing.xxh3_64().hashStream();
    for (ChatBlock block : blocks) {
      hash.putIntArray(block.ids()).putFloatArray(block.weights());
    }
    return hash.getAsLong();
  }
}
