"""The names of all fields in answers, from the API's discovery document (revision 20260930)."""

_NAMES = """
addCommentReply alignment alpha anchorId angle anonymous assigneeEmail author autoPlay autoText autofit
autofitType backgroundColor baselineOffset blue blurRadius bold bottomOffset brightness bullet
bulletStyle cellLocation cellRanges chartId chartImageProperties children color colorScheme colors
columnIndex columnSpan columnWidth columns commentAction commentAnchors commentId commentThread
commentUpdateState comments commentsViewMode connectedObjectId connectionSiteIndex content
contentAlignment contentHtml contentUrl contrast createImage createLine createShape createSheetsChart
createSlide createTable createTime createVideo cropProperties dashStyle deleted description direction
displayName duplicateObject elementGroup end endArrow endConnection endIndex fontFamily fontScale
fontSize foregroundColor fromCopiedPresentation fromImportedPresentation glyph green groupObjects
headPost height horizontalBorderRows id image imageProperties indentEnd indentFirstLine indentStart index
insertComment isSkipped italic layoutObjectId layoutProperties layouts leftOffset line lineCategory
lineFill lineProperties lineSpacing lineSpacingReduction lineType link listId lists locale location
magnitude masterObjectId masterProperties masters me minRowHeight mute name nestingLevel notesMaster
notesPage notesProperties objectAnchors objectId occurrencesChanged opaqueColor outline outlineFill
pageBackgroundFill pageElements pageObjectId pageProperties pageSize pageType paragraphMarker
parentObjectId placeholder plainTextQuote position post postId presentationId propertyState ranges
recolor recolorStops red relativeLink renderedText replaceAllShapesWithImage
replaceAllShapesWithSheetsChart replaceAllText replies requiredRevisionId revisionId rgbColor rightOffset
rotateWithShape rowHeight rowIndex rowSpan rows scaleX scaleY shadow shape shapeBackgroundFill
shapeProperties shapeTextAnchors shapeType shearX shearY sheetsChart sheetsChartProperties size
slideIndex slideProperties slides smallCaps solidFill source sourceUrl spaceAbove spaceBelow spacingMode
speakerNotesObjectId speakerSpotlight speakerSpotlightProperties spreadsheetId start startArrow
startConnection startIndex status stretchedPictureFill strikethrough style table tableBorderCells
tableBorderFill tableBorderProperties tableCellAnchors tableCellBackgroundFill tableCellProperties
tableCells tableColumns tableRowProperties tableRows text textElements textRun themeColor title topOffset
transform translateX translateY transparency type underline unit updateTime url user verticalBorderRows
video videoProperties weight weightedFontFamily width wordArt writeControl
"""

FIELD_NAMES = frozenset(_NAMES.split())

_PRESENTATION = """
presentationId pageSize slides title masters layouts locale revisionId notesMaster comments
"""
_PAGE = """
objectId pageType pageElements revisionId pageProperties slideProperties layoutProperties notesProperties
masterProperties comments
"""
_WRITTEN = """
presentationId replies writeControl commentUpdateState
"""

ANSWER_NAMES = {
    "presentations.get": frozenset(_PRESENTATION.split()),
    "presentations.create": frozenset(_PRESENTATION.split()),
    "presentations.pages.get": frozenset(_PAGE.split()),
    "presentations.batchUpdate": frozenset(_WRITTEN.split()),
}
"""By method, the names of the fields that its answer itself has."""

MAP_FIELDS = frozenset({"lists", "nestingLevel"})
"""Fields that hold mappings, whose keys are data and not names."""
