using System.CommandLine;
using Mcdm.Benchmarks;
using Mcdm.Benchmarks.Baselines;
using Mcdm.Benchmarks.Bias;
using Mcdm.Benchmarks.Checkpoints;
using Mcdm.Benchmarks.Fuzz;
using Mcdm.Benchmarks.Peers;
using Mcdm.Benchmarks.Results;
using Mcdm.Benchmarks.Scale;

var model = new Option<string>("--model") { Description = "Model folder.", DefaultValueFactory = _ => Repository.File("module/models/Faces") };
var data = new Option<string>("--data") { Description = "Held-out pictures with masks, captions and labels (faces that tools/faces drew).", DefaultValueFactory = _ => Repository.File("data/faces128/held-out") };
var count = new Option<int>("--count") { Description = "Faces to judge.", DefaultValueFactory = _ => 200 };
var steps = new Option<int>("--steps") { Description = "Sampling steps.", DefaultValueFactory = _ => 25 };
var runs = new Option<int>("--runs") { Description = "Counted runs of each measurement.", DefaultValueFactory = _ => 5 };

var compositions = new Option<string[]>("--compositions")
{
    Description = "Compositions to judge, such as text 'text + segment'; all by default.",
    DefaultValueFactory = _ => QualityBenchmark.CompositionNames,
    AllowMultipleArgumentsPerToken = true,
};
compositions.AcceptOnlyFromAmong(QualityBenchmark.CompositionNames);

var quality = new Command("quality", "Does a picture follow its conditions? Judged from pixels over held-out faces.") { model, data, count, steps, compositions };
quality.SetAction(arguments => QualityBenchmark.Run(arguments.GetValue(model)!, arguments.GetValue(data)!, arguments.GetValue(count), arguments.GetValue(steps), arguments.GetValue(compositions)!));

var single = new Option<bool>("--float32") { Description = "In float32 instead of bfloat16." };
var speed = new Command("speed", "How long loading, one network evaluation and the main job take, and how much memory.") { model, steps, runs, single };
speed.SetAction(arguments => SpeedBenchmark.Run(arguments.GetValue(model)!, arguments.GetValue(steps), arguments.GetValue(runs), arguments.GetValue(single)));

var start = new Command("start", "What people wait for from the shell's start to their first picture, with the module as it is built.") { runs };
start.SetAction(arguments => StartBenchmark.Run(arguments.GetValue(runs)));

var rows = new Option<int>("--rows") { Description = "Rows of the pipeline.", DefaultValueFactory = _ => 2000 };
var fewSteps = new Option<int>("--steps") { Description = "Sampling steps.", DefaultValueFactory = _ => 2 };
var memory = new Command("memory", "Does a long run keep its memory? Rows through one process.") { rows, fewSteps };
memory.SetAction(arguments => MemoryBenchmark.Run(arguments.GetValue(rows), arguments.GetValue(fewSteps)));

var killRows = new Option<int>("--rows") { Description = "Rows of the batch.", DefaultValueFactory = _ => 250 };
var kills = new Option<int>("--kills") { Description = "Times that the batch is killed.", DefaultValueFactory = _ => 20 };
var randomSeed = new Option<int>("--seed") { Description = "Seed of what happens by chance.", DefaultValueFactory = _ => 1 };
var kill = new Command("kill", "Killed at random moments and started again: is every picture there once, and whole?") { killRows, kills, fewSteps, randomSeed };
kill.SetAction(arguments => KillBenchmark.Run(arguments.GetValue(killRows), arguments.GetValue(kills), arguments.GetValue(fewSteps), arguments.GetValue(randomSeed)));

var judgeFolder = new Option<string>("--judge") { Description = "Judge folder.", DefaultValueFactory = _ => Repository.File("module/judges/Faces") };
var pictures = new Option<int>("--count") { Description = "Pictures to look at.", DefaultValueFactory = _ => 2000 };
var measureSpeed = new Option<bool>("--speed") { Description = "How long measuring takes, instead of how right the judge is." };
var judge = new Command("judge", "How right the judge is on held-out pictures.") { judgeFolder, data, pictures, measureSpeed };
judge.SetAction(arguments => JudgeBenchmark.Run(arguments.GetValue(judgeFolder)!, arguments.GetValue(data)!, arguments.GetValue(pictures), arguments.GetValue(measureSpeed)));

var space = new Option<string>("--space") { Description = "Folder of an autoencoder, or of a model in a space.", DefaultValueFactory = _ => Repository.File("runs/decoder") };
var spaceData = new Option<string>("--data") { Description = "Held-out faces (drawn by tools/faces).", DefaultValueFactory = _ => Repository.File("data/faces128/held-out") };
var sheet = new Option<string>("--sheet") { Description = "The PNG of pictures and reconstructions.", DefaultValueFactory = _ => "out/space.png" };
var spaces = new Command("space", "What an autoencoder keeps of faces that it did not learn from.") { space, spaceData, pictures, sheet };
spaces.SetAction(arguments => SpaceBenchmark.Run(arguments.GetValue(space)!, arguments.GetValue(spaceData)!, arguments.GetValue(pictures), arguments.GetValue(sheet)!));

var other = new Option<string?>("--other") { Description = "The model whose experts act over a bridge; the first pack by default." };
var bridgeLevels = new Command("bridge", "At which level another model is best asked over a bridge, without labels.") { model, other, pictures };
bridgeLevels.SetAction(arguments => BridgeLevelBenchmark.Run(arguments.GetValue(model)!, arguments.GetValue(other), arguments.GetValue(pictures)));
var samples = new Option<int>("--samples") { Description = "Samples of each method.", DefaultValueFactory = _ => 20_000 };
var manySteps = new Option<int>("--steps") { Description = "Sampling steps.", DefaultValueFactory = _ => 200 };
var plot = new Option<string>("--plot") { Description = "The PNG to draw.", DefaultValueFactory = _ => "out/bias.png" };
var problems = new Option<string[]>("--problems") { Description = "Sample problems only whose name holds one of these.", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true };
var biasRun = new Option<int>("--run") { Description = "Which of several runs, 0 to 200: each has seeds of its own." };
var bias = new Command("bias", "How far a composition lies from the true product, with and without particles, where that is known.") { samples, manySteps, plot, problems, biasRun };
var biasOfBridge = new Command("bridge", "The same of conditions that experts of another space read.") { manySteps };
biasOfBridge.SetAction(arguments => BridgeBias.Run(arguments.GetValue(manySteps)));
bias.Subcommands.Add(biasOfBridge);
bias.SetAction(arguments => BiasBenchmark.Run(arguments.GetValue(samples), arguments.GetValue(manySteps), arguments.GetValue(plot)!, arguments.GetValue(problems)!, arguments.GetValue(biasRun)));

var followed = new Command("followed", "Were conditions followed, by the judge and by lift, and what does measuring it cost?") { model, judgeFolder, data, count };
followed.SetAction(arguments => FollowedBenchmark.Run(arguments.GetValue(model)!, arguments.GetValue(judgeFolder)!, arguments.GetValue(data)!, arguments.GetValue(count)));

var rules = new Command("rules", "What rules of composition cost a step.");
rules.SetAction(_ => RuleBenchmark.Run());

var rowFolder = new Option<string>("--rows") { Description = "Folder of the rows that are measured already (rows.jsonl) and of their pictures; the page is called like it.", DefaultValueFactory = _ => Repository.File("docs/faces") };
var only = new Option<string[]>("--only") { Description = "Measure rows only whose name holds one of these.", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true };
var runFolder = new Option<string>("--runs") { Description = "Folder in which the baselines joint and vae were trained, and which keeps the pictures of a row until it is complete.", DefaultValueFactory = _ => Repository.File("runs") };
var page = new Option<bool>("--page") { Description = "Only write the page and the report of what is measured." };
var plan = new Option<string>("--plan") { Description = "The rows: a comparison of composed experts with the joint network, how few evaluations do, where levels lie, or the paper's experiments with the first packs.", DefaultValueFactory = _ => ResultPlan.Comparison.Name };
plan.AcceptOnlyFromAmong(ResultPlan.All.Select(one => one.Name).ToArray());
var masks = new Option<string?>("--masks") { Description = "The same pictures at the judge's size (drawn by tools/faces into data/faces), with whose masks parts are compared; those of --data where that is given." };
var results = new Command("results", "Experiments as a table; rows that were measured before are kept.") { model, other, judgeFolder, data, masks, plan, rowFolder, runFolder, only, page };
results.SetAction(arguments => ResultsBenchmark.Run(new ResultsOptions
{
    Model = arguments.GetValue(model)!,
    Other = arguments.GetValue(other),
    Judge = arguments.GetValue(judgeFolder)!,
    Data = arguments.GetValue(data)!,
    Masks = arguments.GetValue(masks) ?? (arguments.GetResult(data) is { Implicit: false } ? arguments.GetValue(data)! : Repository.File("data/faces/held-out")),
    Plan = ResultPlan.All.Single(one => one.Name == arguments.GetValue(plan)).For(arguments.GetValue(model)!),
    Rows = arguments.GetValue(rowFolder)!,
    Runs = arguments.GetValue(runFolder)!,
    Only = arguments.GetValue(only)!,
    PageAlone = arguments.GetValue(page),
}));

var damaged = new Option<int>("--count") { Description = "Damaged pictures.", DefaultValueFactory = _ => 20_000 };
var fuzz = new Command("fuzz", "Damaged pictures of all formats: is each read, or refused with a clear error?") { damaged, randomSeed };
fuzz.SetAction(arguments => FuzzBenchmark.Run(arguments.GetValue(damaged), arguments.GetValue(randomSeed)));

var damagedModels = new Option<int>("--count") { Description = "Damaged files.", DefaultValueFactory = _ => 10_000 };
var checkpoints = new Option<string>("--checkpoints") { Description = "Folder of models that are damaged.", DefaultValueFactory = _ => Repository.File("../shared/checkpoints") };
var formats = new Option<string[]>("--formats") { Description = "Damage files of these formats only, such as gguf, fp8, embedding and adapter.", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true };
var fuzzModels = new Command("models", "Damaged files of models: is each read, or refused with a clear error, without memory beyond its size?") { damagedModels, randomSeed, checkpoints, formats };
fuzzModels.SetAction(arguments => ModelFuzzBenchmark.Run(arguments.GetValue(damagedModels), arguments.GetValue(randomSeed), arguments.GetValue(checkpoints)!, arguments.GetValue(formats)!));
fuzz.Subcommands.Add(fuzzModels);

var keys = new Option<string>("--keys") { Description = "Folder of the names and shapes of published models' tensors.", DefaultValueFactory = _ => Repository.File("../shared/checkpoints/keys") };
var sides = new Option<int[]>("--sides") { Description = "Sides of the pictures.", DefaultValueFactory = _ => [256, 512], AllowMultipleArgumentsPerToken = true };
var fewRuns = new Option<int>("--runs") { Description = "Runs of each measurement.", DefaultValueFactory = _ => 2 };
var sd = new Command("sd", "Seconds a step and memory of Stable Diffusion 1.5 with two ControlNets, of full size with random weights.") { keys, sides, fewRuns, single };
sd.SetAction(arguments => StableDiffusionBenchmark.Run(arguments.GetValue(keys)!, arguments.GetValue(sides)!, arguments.GetValue(fewRuns), arguments.GetValue(single)));

var decode = new Command("decode", "Memory that decoding with Stable Diffusion's full autoencoder takes beside its weights, which are random.") { keys, sides, single };
decode.SetAction(arguments => DecodeBenchmark.Run(arguments.GetValue(keys)!, arguments.GetValue(sides)!, arguments.GetValue(single)));

var xlSide = new Option<int>("--side") { Description = "Side of the pictures.", DefaultValueFactory = _ => 1024 };
var xlControls = new Option<int[]>("--controls") { Description = "Numbers of ControlNets, ascending.", DefaultValueFactory = _ => [0, 1, 2, 3], AllowMultipleArgumentsPerToken = true };
var xlInt8 = new Option<bool>("--int8") { Description = "Weights in 8 bits." };
var sdxl = new Command("sdxl", "Seconds a step and memory of Stable Diffusion XL with large ControlNets, of full size with random weights.") { xlSide, xlControls, fewRuns, single, xlInt8 };
sdxl.SetAction(arguments => SdxlBenchmark.Run(arguments.GetValue(xlSide), arguments.GetValue(xlControls)!, arguments.GetValue(fewRuns), arguments.GetValue(single), arguments.GetValue(xlInt8)));

var storedModels = new Option<string[]>("--models") { Description = "Stable Diffusion models, folders.", DefaultValueFactory = _ => [Repository.File("../shared/checkpoints/golden/sd1-tiny/model"), Repository.File("../shared/checkpoints/golden/sd2-tiny/model")], AllowMultipleArgumentsPerToken = true };
var storedPictures = new Option<int>("--count") { Description = "Pictures of each.", DefaultValueFactory = _ => 16 };
var storage = new Command("storage", "What weights in fewer bits cost: PSNR of pictures against float32, memory and time.") { storedModels, keys, storedPictures };
storage.SetAction(arguments => StorageBenchmark.Run(arguments.GetValue(storedModels)!, arguments.GetValue(keys)!, arguments.GetValue(storedPictures)));

var workerRows = new Option<int>("--rows") { Description = "Rows that all workers of a run share.", DefaultValueFactory = _ => 160 };
var workerCounts = new Option<int[]>("--counts") { Description = "Numbers of workers, 1 first.", DefaultValueFactory = _ => [1, 2, 4, 8], AllowMultipleArgumentsPerToken = true };
var threads = new Option<int>("--threads") { Description = "Threads of each worker.", DefaultValueFactory = _ => 1 };
var workersCommand = new Command("workers", "Several processes on one folder of this machine against one: pictures a minute, private and shared memory.") { workerRows, steps, workerCounts, threads };
workersCommand.SetAction(arguments => WorkersBenchmark.Run(arguments.GetValue(workerRows), arguments.GetValue(steps), arguments.GetValue(workerCounts)!, arguments.GetValue(threads)));

var scaleFolder = new Option<string?>("--folder") { Description = "Where the file system is measured; the folder of temporary files by default." };
var manyWorkers = new Option<int>("--workers") { Description = "Workers of the largest night.", DefaultValueFactory = _ => 1000 };
var manyRows = new Option<int>("--rows") { Description = "Rows of each night.", DefaultValueFactory = _ => 100_000 };
var slower = new Option<double>("--slower") { Description = "How many times slower than this file system the simulated server is.", DefaultValueFactory = _ => 5 };
var scale = new Command("scale", "What a thousand workers do to one folder: requests measured here, nights simulated.") { scaleFolder, manyWorkers, manyRows, slower };
scale.SetAction(arguments => ScaleBenchmark.Run(arguments.GetValue(scaleFolder), arguments.GetValue(manyWorkers), arguments.GetValue(manyRows), arguments.GetValue(slower)));

var trainingData = new Option<string>("--data") { Description = "Faces drawn by tools/faces.", DefaultValueFactory = _ => Repository.File("data/faces128") };
var trainingDevice = new Option<string?>("--device") { Description = "Where to train, such as cpu or cuda; the fastest device by default." };
var trainingSteps = new Option<int>("--steps") { Description = "Counted steps.", DefaultValueFactory = _ => 30 };
var trainingBatch = new Option<int>("--batch-size") { Description = "Pictures a step.", DefaultValueFactory = _ => 32 };
var training = new Command("training", "How many pictures a second each kind of expert learns from.") { trainingData, trainingDevice, trainingSteps, trainingBatch };
training.SetAction(arguments => TrainingBenchmark.Run(arguments.GetValue(trainingData)!, arguments.GetValue(trainingDevice), arguments.GetValue(trainingSteps), arguments.GetValue(trainingBatch)));

var onnx = new Option<string>("--onnx") { Description = "The first pack's sketch expert as an ONNX file.", DefaultValueFactory = _ => Repository.File("../shared/peers/faces-sketch.onnx") };
var evaluations = new Option<int>("--runs") { Description = "Evaluations of each, of which the best counts.", DefaultValueFactory = _ => 40 };
var peers = new Command("peers", "One evaluation of the sketch expert beside ONNX Runtime's, and beside its convolutions alone.") { onnx, model, evaluations };
peers.SetAction(arguments => PeersBenchmark.Run(arguments.GetValue(onnx)!, arguments.GetValue(model)!, arguments.GetValue(evaluations)));

var unetOnnx = new Option<string>("--onnx") { Description = "Stable Diffusion 1.5's U-Net as an ONNX file, with its weights.", DefaultValueFactory = _ => Repository.File("../shared/peers/sd15-unet.onnx") };
var unet = new Command("unet", "One evaluation of Stable Diffusion 1.5's U-Net in float32 beside ONNX Runtime's.") { unetOnnx, keys, fewRuns };
unet.SetAction(arguments => UNetPeers.Run(arguments.GetValue(unetOnnx)!, arguments.GetValue(keys)!, arguments.GetValue(fewRuns)));

return new RootCommand("Measures Mcdm. Run with -c Release.") { quality, speed, start, judge, followed, bias, bridgeLevels, rules, results, memory, kill, fuzz, spaces, sd, decode, sdxl, storage, training, peers, unet, workersCommand, scale, BaselineCommand.Create() }.Parse(args).Invoke();
