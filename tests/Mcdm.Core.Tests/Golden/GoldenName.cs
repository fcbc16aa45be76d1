using Xunit.Abstractions;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Where a case is: known to the test runner before it runs, so that each case is a test of its own. Shown as <c>folder/id</c>.</summary>
public sealed class GoldenName : IXunitSerializable
{
    private string _folder = "", _id = "";

    /// <summary>For the test runner.</summary>
    public GoldenName()
    {
    }

    public GoldenName(GoldenCase golden) => (_folder, _id) = (golden.Folder.Path, golden.Id);

    public GoldenCase Read() => GoldenFolder.All.First(folder => folder.Path == _folder).CasesById[_id];

    public void Deserialize(IXunitSerializationInfo info) => (_folder, _id) = (info.GetValue<string>(nameof(_folder)), info.GetValue<string>(nameof(_id)));

    public void Serialize(IXunitSerializationInfo info)
    {
        info.AddValue(nameof(_folder), _folder);
        info.AddValue(nameof(_id), _id);
    }

    public override string ToString() => $"{Path.GetFileName(_folder)}/{_id}";
}
