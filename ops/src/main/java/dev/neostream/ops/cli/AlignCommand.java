package dev.neostream.ops.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a stored model further, on conversations or on preferences. */
@Command(
    name = "align",
    description = "Train a stored model to answer.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "sft|dpo",
    subcommands = {AlignSftCommand.class, AlignDpoCommand.class},
    footer = {
      "",
      "Example:",
      "  ops/neo align sft --dir my-run --config align.yaml --out my-chat",
      "  ops/neo align dpo --dir my-chat --config pairs.yaml --out my-choice",
      "  ops/neo checkpoint export --dir my-choice --out my-model"
    })
final class AlignCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "sft or dpo must be given");
  }
}
