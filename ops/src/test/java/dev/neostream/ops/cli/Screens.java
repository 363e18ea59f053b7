package dev.neostream.ops.cli;

import java.util.List;

/** What {@link dev.neostream.ops.monitor.StatusSample#running} looks like. */
final class Screens {

  static final List<String> AT_80 =
      """
      state     running
      ingest    100 read = 88 written + 12 rejected, finished
      clean     90 read = 60 on + 29 rejected + 0 duplicates + 1 held
      dedup     61 read = 50 on + 2 rejected + 5 duplicates + 4 held
      tokenize  51 read = 47 on + 0 rejected + 0 duplicates + 3 held
      blocks    code 11   en.web 98
      training  [##............................] step 42 of 600 decay
                loss 4.500   learning rate 1.00e-03   gradient norm 1.25
                6,800 tokens/s   sync 10 %
      mixture   plan 3: code 25.0 % (10 of 10.5 rows)
      held-out  step 19: 7.000   step 39: 5.500
      eval      blimp acc 0.5625 (chance 0.5000, step 39)
      saved     step 39 in checkpoints/step-00000039
      eta       after the next steps
      """
          .lines()
          .toList();

  static final List<String> AT_120 =
      """
      state     running
      ingest    100 read = 88 written + 12 rejected, finished
      clean     90 read = 60 on + 29 rejected + 0 duplicates + 1 held
      dedup     61 read = 50 on + 2 rejected + 5 duplicates + 4 held
      tokenize  51 read = 47 on + 0 rejected + 0 duplicates + 3 held
      blocks    code 11   en.web 98
      training  [##............................] step 42 of 600 decay
                loss 4.500   learning rate 1.00e-03   gradient norm 1.25   6,800 tokens/s   sync 10 %
      mixture   plan 3: code 25.0 % (10 of 10.5 rows)
      held-out  step 19: 7.000   step 39: 5.500
      eval      blimp acc 0.5625 (chance 0.5000, step 39)
      saved     step 39 in checkpoints/step-00000039
      eta       after the next steps
      """
          .lines()
          .toList();

  private Screens() {}
}
