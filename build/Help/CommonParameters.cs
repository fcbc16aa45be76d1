namespace Mcdm.Help;

/// <summary>The texts of parameters that mean the same in every cmdlet.</summary>
internal static class CommonParameters
{
    /// <summary>What a page need not say again.</summary>
    public static IReadOnlyList<ParameterText> Texts { get; } =
    [
        new("WhatIf", [new("Says what the command would do, and does nothing.", TextKind.Paragraph, 0)], "False", 0),
        new("Confirm", [new("Asks before the command does it.", TextKind.Paragraph, 0)], "False", 0),
    ];
}
