"""Names that are in no vocabulary are found wherever they stand."""

import json

import pytest
from support.small_release import make_world

from libra_emo.publication.croissant.vocabulary import check_names


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    folder = tmp_path_factory.mktemp("releases") / "0.1.0"
    make_world().build(folder)
    return (folder / "croissant.json").read_text()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ('"rai:dataSocialImpact"', '"rai:socialImpact"'),
        ('"rai:hasSyntheticData"', '"rai:syntheticData"'),
        ('"prov:wasDerivedFrom"', '"prov:derivedFrom"'),
        ('"prov:wasGeneratedBy"', '"wasGeneratedBy"'),
        ('"cr:RecordSet"', '"cr:Recordset"'),
        ('"odrl:Prohibition"', '"odrl:Ban"'),
        ('"odrl:attribute"', '"odrl:attribution"'),
        ('"equivalentProperty": "prov:wasAttributedTo"', '"equivalentProperty": "prov:by"'),
        ('"dataType": "sc:Boolean"', '"dataType": "sc:Bool"'),
        ('"encodingFormat"', '"fileFormat"'),
        ('"@id": "clip-files"\n', '"@id": "clip-file"\n'),
        ('"datePublished"', '"published"'),
    ],
)
def test_a_wrong_name_is_found(text, name, wrong):
    assert name in text
    assert check_names(json.loads(text.replace(name, wrong, 1)))


@pytest.mark.parametrize("name", ["license", "usageInfo", "rai:dataBiases", "prov:wasDerivedFrom"])
def test_what_is_missing_or_empty_is_named(text, name):
    document = json.loads(text)
    document[name] = ""
    assert f"{name} is missing" in check_names(document)
    del document[name]
    assert f"{name} is missing" in check_names(document)
