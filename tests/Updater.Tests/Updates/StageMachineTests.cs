using Updater.Updates;

namespace Updater.Tests.Updates;

public sealed class StageMachineTests
{
    /// <summary>Every allowed move, written out once more by hand.</summary>
    private const string Allowed = """
        Idle: Checking Recording
        Checking: Downloading Verifying Incoming Compiling Recording
        Downloading: Downloading Verifying Incoming Compiling Recording
        Verifying: Downloading Verifying Unpacking Incoming Compiling Recording
        Unpacking: Downloading Verifying Incoming Compiling Recording
        Incoming: Downloading Verifying Incoming Compiling Recording
        Compiling: Compiling Validating Recording
        Validating: Compiling Installing Recording
        Installing: Activating Recording
        Activating: Swapping Recording
        Swapping: Recording
        Recording: Done
        Done:
        """;

    [Fact]
    public void Allows_exactly_the_moves_of_the_table()
    {
        var table = Allowed.Split('\n').Select(line => line.Split(':')).ToDictionary(
            parts => Enum.Parse<UpdateStage>(parts[0]),
            parts => parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<UpdateStage>).ToHashSet());
        foreach (var from in Enum.GetValues<UpdateStage>())
        {
            foreach (var to in Enum.GetValues<UpdateStage>())
            {
                Assert.True(StageMachine.MayMove(from, to) == table[from].Contains(to), $"{from} to {to}");
            }
        }
    }

    [Fact]
    public void Refuses_a_move_that_is_not_in_the_table()
    {
        var machine = new StageMachine();
        Assert.Throws<InvalidOperationException>(() => machine.Move(UpdateStage.Swapping));
        Assert.Equal(UpdateStage.Idle, machine.Current);
    }
}
