using System.Collections.Frozen;
using Definitions;

namespace Updater.Updates;

/// <summary>
/// The only place where a run's stage moves (csapi.md §9). A run goes through the package stages once per package,
/// may skip them when only local files changed, and ends by <see cref="UpdateStage.Recording"/> from wherever it was.
/// </summary>
internal sealed class StageMachine
{
    private static readonly FrozenDictionary<UpdateStage, UpdateStage[]> Moves = new Dictionary<UpdateStage, UpdateStage[]>
    {
        [UpdateStage.Idle] = [UpdateStage.Checking, UpdateStage.Recording],
        [UpdateStage.Checking] =
            [UpdateStage.Downloading, UpdateStage.Verifying, UpdateStage.Incoming, UpdateStage.Compiling, UpdateStage.Recording],
        [UpdateStage.Downloading] = [UpdateStage.Verifying, .. NextPackage, UpdateStage.Recording],
        [UpdateStage.Verifying] = [UpdateStage.Unpacking, .. NextPackage, UpdateStage.Recording],
        [UpdateStage.Unpacking] = [.. NextPackage, UpdateStage.Recording],
        [UpdateStage.Incoming] = [.. NextPackage, UpdateStage.Recording],
        [UpdateStage.Compiling] = [UpdateStage.Validating, UpdateStage.Compiling, UpdateStage.Recording],
        [UpdateStage.Validating] = [UpdateStage.Installing, UpdateStage.Compiling, UpdateStage.Recording],
        [UpdateStage.Installing] = [UpdateStage.Activating, UpdateStage.Recording],
        [UpdateStage.Activating] = [UpdateStage.Swapping, UpdateStage.Recording],
        [UpdateStage.Swapping] = [UpdateStage.Recording],
        [UpdateStage.Recording] = [UpdateStage.Done],
        [UpdateStage.Done] = [],
    }.ToFrozenDictionary();

    public UpdateStage Current { get; private set; } = UpdateStage.Idle;

    /// <summary>After a package is there, or refused: the next package, or the compiler.</summary>
    private static UpdateStage[] NextPackage =>
        [UpdateStage.Downloading, UpdateStage.Verifying, UpdateStage.Incoming, UpdateStage.Compiling];

    public static bool MayMove(UpdateStage from, UpdateStage to) => Moves[from].Contains(to);

    /// <exception cref="InvalidOperationException">The move is not in the table.</exception>
    public void Move(UpdateStage to)
    {
        if (!MayMove(Current, to))
        {
            throw new InvalidOperationException($"A run may not go from {Current.ToWord()} to {to.ToWord()}.");
        }

        Current = to;
    }
}
